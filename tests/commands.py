"""Run a command as a script would: through its own argument parser, with --json."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

from django.core.management import get_commands, load_command_class
from django.db import connections


def run(command, *args):
    """Return (exit code, the one JSON document on standard output)."""
    code, printed, _ = run_for_people(command, *args, "--json")
    return code, json.loads(printed)


def run_for_people(command, *args):
    """Return (exit code, standard output, standard error) of a command line."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err), mock.patch.object(type(connections), "close_all"):  # the test's own connection
        try:
            called = load_command_class(get_commands()[command], command)
            called.requires_system_checks = []  # the whole project, at every command; `make lint` asks them once
            called.run_from_argv(["manage.py", command, *map(str, args)])
        except SystemExit as stop:
            code = stop.code
    return code, out.getvalue(), err.getvalue()
