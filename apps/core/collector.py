"""The garbage collector during a long loop."""

import gc
from contextlib import contextmanager


@contextmanager
def resting():
    """Keep the collector from looking for cycles inside this block: thousands of rows make none, and a quarter of the time goes into it.

    It concerns the whole process, so the block must end by itself after a minute or two; of two at once the first to begin wakes the
    collector when it ends.
    """
    awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if awake:
            gc.enable()
