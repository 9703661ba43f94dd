"""Run a command as a script would. Wrong use (CommandError) is left to the test."""

import json
from io import StringIO

from django.core.management import call_command


def run(command, *args):
    """Return (exit code, the one JSON document on standard output)."""
    out, code = StringIO(), 0
    try:
        call_command(command, *args, "--json", stdout=out, stderr=StringIO())
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(out.getvalue())
