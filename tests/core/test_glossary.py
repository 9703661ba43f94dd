"""docs/glossary.md names what the code uses: the label people read beside the identifier programmers read."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands

from apps.accounts.choices import Role
from apps.ledger import registry


@pytest.fixture(scope="module")
def pairs():
    """Return the pairs (中文, identifier) of every table row, emphasis and code marks taken off."""
    lines = (settings.BASE_DIR / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip(" *`") for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return {(cell[0], cell[1]) for cell in cells}


def models():
    ours = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    return [model for model in ours if not model.__name__.startswith("Historical")]


def test_every_model_is_named(pairs):
    assert [model.__name__ for model in models() if (str(model._meta.verbose_name), model.__name__) not in pairs] == []


def test_every_role_is_named(pairs):
    assert [role.name for role in Role if (role.label, f"Role.{role.name}") not in pairs] == []


def test_every_ledger_is_named(pairs):
    assert [ledger.code for ledger in registry.all() if (ledger.label, ledger.code) not in pairs] == []


def test_every_command_is_named(pairs):
    ours = {name for name, module in get_commands().items() if module.startswith("apps.")}
    assert ours - {identifier for _, identifier in pairs} == set()
