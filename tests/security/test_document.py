"""docs/security.md answers every row of the checklist and names tests that exist."""

import ast
import re

import pytest
from django.conf import settings as project

ROWS = {"A": 9, "B": 8, "C": 5, "D": 11, "E": 3, "F": 5, "G": 8}  # reviewed: reliability.md section 4
PLAIN = {"not yet", "host matter"}
TEXT = (project.BASE_DIR / "docs" / "security.md").read_text(encoding="utf-8")
ANSWERS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if re.match(r"\| [A-G]\d+ \|", line)]


def test_every_row_is_answered_once_and_in_order():
    assert [answer[0] for answer in ANSWERS] == [f"{letter}{n}" for letter, count in ROWS.items() for n in range(1, count + 1)]
    assert [answer for answer in ANSWERS if len(answer) != 3 or not all(answer)] == []


@pytest.mark.parametrize("answer", ANSWERS, ids=[answer[0] for answer in ANSWERS])
def test_every_proof_exists(answer):
    proofs = re.findall(r"`([^`]+)`", answer[2])
    assert proofs or answer[2] in PLAIN
    assert [proof for proof in proofs if not exists(proof)] == []


def exists(proof):
    """Say whether "file", "file::test", "file::Class" or "file::Class::test" is there and is a test."""
    path, *names = proof.split("::")
    file = project.BASE_DIR / path
    if not file.is_file() or not file.name.startswith("test_"):
        return False
    body = ast.parse(file.read_text(encoding="utf-8")).body
    for name in names:
        body = next((node.body for node in body if getattr(node, "name", None) == name), None)
        if body is None or not name.startswith(("test_", "Test")):
            return False
    return True


def test_a_test_that_is_not_there_is_noticed():
    assert exists("tests/security/test_document.py::test_every_proof_exists")
    assert not exists("tests/security/test_document.py::test_that_was_renamed")
    assert not exists("tests/security/test_nowhere.py")
    assert not exists("tests/security/test_document.py::exists")
