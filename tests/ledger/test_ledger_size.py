"""A plain ledger costs at most 60 lines beside its model, one with moves at most 120 (docs/adding-a-ledger.md)."""

import ast
import importlib
import inspect
import sys

import pytest

from apps.accounts import rights
from apps.ledger import registry

PLAIN, WITH_MOVES = 60, 120


def lines_of(source):
    """Count the lines of Python source that are neither blank nor only a comment."""
    return sum(1 for line in source.splitlines() if line.strip() and not line.strip().startswith("#"))


def lines_in_rights(code, source):
    """Count the lines that the table RIGHTS of a module's source spends on the subject `code`."""
    tables = [node.value for node in ast.parse(source).body if isinstance(node, ast.Assign) and node.targets[0].id == "RIGHTS"]
    entries = zip(tables[0].keys, tables[0].values, strict=True)
    lines = source.splitlines()
    return sum(lines_of("\n".join(lines[key.lineno - 1 : value.end_lineno])) for key, value in entries if key.value == code)


def size(ledger):
    """Count what stands beside a ledger's model: its declaration, its spreadsheet columns, its rights, its table of moves."""
    parts = [type(ledger), ledger.resource] if ledger.resource else [type(ledger)]
    if has_moves(ledger):
        parts.append(importlib.import_module(f"apps.{ledger.model._meta.app_label}.workflow"))
    return sum(lines_of(inspect.getsource(part)) for part in parts) + lines_in_rights(ledger.code, inspect.getsource(rights))


def has_moves(ledger):
    return ledger.model is not None and ledger.workflow is not None


def limit(ledger):
    return WITH_MOVES if has_moves(ledger) else PLAIN


def too_large(ledgers):
    """Return code -> lines of the ledgers that cost more than they may."""
    return {ledger.code: size(ledger) for ledger in ledgers if size(ledger) > limit(ledger)}


def test_no_ledger_costs_more_lines_than_it_may():
    assert too_large(registry.all()) == {}


def test_every_ledger_is_really_counted():
    """The smallest declaration, its resource and its right together are more than ten lines."""
    assert [
        ledger.code for ledger in registry.all() if size(ledger) <= 10 or not lines_in_rights(ledger.code, inspect.getsource(rights))
    ] == []


def test_blank_lines_and_comments_cost_nothing():
    assert lines_of("class A:\n\n    # why\n    x = 1  # how\n    y = '''\n    two'''\n") == 4


def test_rights_are_counted_from_key_to_end():
    source = 'RIGHTS = {\n    "a": {1: 2},\n    "b": {\n        # why\n        1: 2,\n    },\n}\n'
    assert (lines_in_rights("a", source), lines_in_rights("b", source), lines_in_rights("c", source)) == (1, 3, 0)


@pytest.mark.parametrize(("lines", "found"), [(60, False), (61, True)])
def test_a_ledger_that_is_too_large_is_found(tmp_path, monkeypatch, lines, found):
    head = "class Large(Ledger):\n    code = 'large'\n"
    body = "".join(f"    line_{number} = {number}\n" for number in range(lines - 2))
    (tmp_path / "large_ledger.py").write_text(f"from apps.ledger.declaration import Ledger\n\n\n{head}{body}")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "large_ledger", raising=False)
    ledger = importlib.import_module("large_ledger").Large()
    assert too_large([ledger]) == ({"large": lines} if found else {})


def test_a_table_of_moves_is_counted():
    ledger = registry.get("land-cases")
    table = importlib.import_module("apps.land.workflow")
    assert (limit(ledger), size(ledger) > lines_of(inspect.getsource(table)) > 20) == (WITH_MOVES, True)
