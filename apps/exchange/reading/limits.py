"""What a child may use. The child may die of it; the process that started it may not."""

import os
import resource
import sys

MEMORY = 1024**3
CPU_SECONDS = 60
WALL_SECONDS = 90
OUTPUT = 512 * 1024**2
NICENESS = 10


def apply():
    """Limit this process before it touches the file."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)  # a child keeps a processor busy for as long as it lives: pages of other people are served first


def without_numpy():
    """Keep openpyxl from loading numpy, which it does where it can: 0.2 s and address space for nothing. Child only."""
    sys.modules.setdefault("numpy", None)
