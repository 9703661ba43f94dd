from contextlib import contextmanager


@contextmanager
def setting(variable, value):
    """Let a ContextVar hold `value` inside this block; afterwards it is as it was."""
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
