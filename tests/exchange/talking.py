"""A child that says much nobody reads."""

import sys

sys.stderr.write("x" * 1024**2)
print(sys.stdin.read())
