"""What a slip in the environment file must not do unseen: the office does not start with it."""

import pytest
from django.core.checks import run_checks

from apps.accounts.choices import Role


def found():
    return [error.id for error in run_checks() if error.id.startswith("accounts.")]


@pytest.mark.parametrize(
    ("name", "value", "ids"),
    [
        ("SECOND_FACTOR_ROLES", [str(Role.APPROVER)], []),
        ("SECOND_FACTOR_ROLES", [], []),
        ("SECOND_FACTOR_ROLES", [str(Role.APPROVER), "approvers"], ["accounts.E001"]),
        ("SESSION_PLACES", 1, []),
        ("SESSION_PLACES", 0, ["accounts.E002"]),
        ("SESSION_PLACES", -1, ["accounts.E002"]),
    ],
)
def test_a_setting_that_would_open_a_door_is_refused(settings, name, value, ids):
    setattr(settings, name, value)
    assert found() == ids


@pytest.mark.parametrize(("there", "ids"), [(True, []), (False, ["accounts.E003"])])
def test_a_list_of_passwords_that_is_not_there_is_refused(settings, tmp_path, there, ids):
    """Else the first who must change his password finds a page that fails, and nobody gets in."""
    words = tmp_path / "words.txt"
    if there:
        words.write_text("password\n")
    validators = [{"NAME": "apps.accounts.validators.NotCommon", "OPTIONS": {"password_list_path": str(words)}}]
    settings.AUTH_PASSWORD_VALIDATORS = validators
    assert found() == ids
