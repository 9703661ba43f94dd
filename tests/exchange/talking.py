"""A child that says much nobody reads, closes its mouth, and takes its time."""

import os
import sys
import threading

sys.stderr.write("x" * 1024**2)
os.close(2)
threading.Event().wait(0.5)
print(sys.stdin.read())
