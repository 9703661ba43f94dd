"""docs/workflows.md is drawn from the tables of moves and kept up to date."""

import pytest

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.ledger import registry
from apps.workbench.management.commands import workflow_docs
from tests.commands import run

FLOWS = [ledger.code for ledger in registry.all() if ledger.workflow]


def test_the_page_is_up_to_date():
    assert run("workflow_docs", "--check") == (0, {"status": "same", "ledgers": FLOWS})


@pytest.mark.django_db
def test_a_stale_page_is_found_and_written_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(workflow_docs, "PATH", tmp_path / "workflows.md")
    assert run("workflow_docs", "--check")[0] == 1
    assert run("workflow_docs") == (0, {"status": "written", "ledgers": FLOWS})
    assert run("workflow_docs", "--check")[0] == 0


def test_the_table_follows_the_rights(tmp_path, monkeypatch):
    """A right given in the table of rights stands in the page after the next run."""
    monkeypatch.setattr(workflow_docs, "PATH", tmp_path / "workflows.md")
    monkeypatch.setitem(RIGHTS, "land-cases", {Role.LEADER: frozenset({"accept"})})
    run("workflow_docs")
    rows = [line for line in workflow_docs.PATH.read_text().splitlines() if "`accept`" in line]
    assert rows == ["| 验收销号 `accept` | 待验收 | 已销号 | 县领导 | — | — | 可填 | 不得与“申请验收”同一人 |"]
