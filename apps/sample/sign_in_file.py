"""The file that keeps the sample people's passwords for this database: readable by its owner only, never in git."""

import csv
import os
import secrets
from dataclasses import astuple, dataclass

from django.conf import settings

from apps.accounts.rules import PROFILES, password_problems

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"  # nothing that reads like something else


@dataclass(frozen=True)
class SignIn:
    """One line. made, set: when the account was made and its password set, so a line of another database shows."""

    username: str
    password: str
    made: str
    set: str

    @classmethod
    def of(cls, user, password):
        return cls(user.username, password, user.created_at.isoformat(), user.password_changed_at.isoformat())

    def belongs_to(self, user):
        """Say whether the line was written for this very account."""
        return self.made == user.created_at.isoformat()

    def holds(self, user):
        """Say whether the password is still the account's."""
        return self.belongs_to(user) and self.set == user.password_changed_at.isoformat()


def path():
    return settings.VAR_DIR / "sign-ins.txt"


def read():
    """Return user name -> SignIn; empty when there is no file."""
    if not path().exists():
        return {}
    with path().open(encoding="utf-8", newline="") as file:
        return {row[0]: SignIn(*row) for row in csv.reader(file, delimiter="\t") if len(row) == 4}


def write(lines):
    """Replace the file by `lines` (SignIns) in one step."""
    draft = path().with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(astuple(line) for line in lines)
    draft.replace(path())


def new_password(username):
    """Return a random password that the strict profile accepts: 17 characters, at least three classes."""
    while True:
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))
        if not password_problems(password, username, PROFILES["dengbao"]):
            return password
