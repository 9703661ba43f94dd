"""What the installation is set to, entered in the journal whenever it differs from the last time (reliability.md C1).

Settings come from the environment and files of the release, past every page; here a change of them becomes an act.
"""

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from apps.journal import services as journal
from apps.journal.models import JournalEntry
from apps.journal.rules import clean

NAMES = (
    "PRODUCTION", "DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "PROXY_COUNT", "SECURE_SSL_REDIRECT", "OFFICE_TODAY",
    "PASSWORD_PROFILE", "PASSWORD_LIST", "ONE_TIME_PASSWORD_LIFE", "UNUSED_AFTER", "SECOND_FACTOR_ROLES", "SESSION_PLACES",
    "SESSION_IDLE", "SESSION_ABSOLUTE", "PROOF_LIFE", "AXES_FAILURE_LIMIT", "AXES_COOLOFF_TIME", "NAME_FAILURE_LIMIT",
    "NAME_FAILURE_TIME", "ADDRESS_FAILURE_LIMIT", "PACE", "API_RATE", "TOKENS_PER_PERSON", "UPLOAD_SCANNER", "OFFICE_HOURS",
    "ALARM_REFUSALS", "ALARM_CODES", "ALARM_EXPORT_ROWS", "JOURNAL_KEEP_DAYS",
)  # fmt: skip
SECRETS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "JOURNAL_KEY", "FIELD_KEYS")  # a mark of each, never the value

_also = {}


def also(name, read):
    """Let `read()` (a dict of short texts) be looked at with the settings, under `name`: what lies in files of the release."""
    _also[name] = read


@transaction.atomic
def note_settings(*, actor):
    """Enter what changed since the last entry and return {name: [before, now]}; the first time everything is new."""
    journal.hold()
    now = clean({name: _said(getattr(settings, name, None)) for name in NAMES} | {name: _mark(name) for name in SECRETS})
    now |= clean({name: read() for name, read in _also.items()})
    last = JournalEntry.objects.filter(act="设置变更").order_by("-seq").values_list("detail", flat=True).first()
    before = last["settings"] if last else {}
    changed = {name: [before.get(name), value] for name, value in now.items() if before.get(name) != value}
    if changed:
        journal.record(act="设置变更", actor=actor, target="、".join(changed), detail={"changed": changed, "settings": now})
    return changed


def _said(value):
    return str(value) if hasattr(value, "total_seconds") else value


def _mark(name):
    """Return a short mark of a secret that tells a change and nothing else."""
    value = getattr(settings, name)
    text = value if isinstance(value, str) else "\n".join(value)
    return salted_hmac("apps.journal.seen", f"{name} {text}", secret=settings.JOURNAL_KEY, algorithm="sha256").hexdigest()[:8]
