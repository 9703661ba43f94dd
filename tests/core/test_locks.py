"""Rows are locked the way that lets others refer to them (docs/decisions/32-lock-order.md)."""

import ast
from pathlib import Path

APPS = Path(__file__).parents[2] / "apps"


def test_every_row_is_locked_without_its_key():
    """A full lock holds up whoever inserts a row that refers to this one, at the end of his transaction: with the journal in hand."""
    calls = [
        (path.relative_to(APPS).as_posix(), {option.arg: ast.unparse(option.value) for option in node.keywords})
        for path in APPS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "select_for_update"
    ]
    assert len(calls) > 20
    assert [path for path, options in calls if options.get("no_key") != "True"] == []
