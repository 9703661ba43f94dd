from django.conf import settings
from django.core.checks import Error, register

SHORTEST = 180  # days; 网络安全法 art. 21 (3): at least six months; T/ISEAA 001-2020 6.4.2.9


@register
def journal_is_kept(app_configs=None, **options):
    """Refuse a term of keeping below six months."""
    if settings.JOURNAL_KEEP_DAYS >= SHORTEST:
        return []
    return [Error(f"JOURNAL_KEEP_DAYS is {settings.JOURNAL_KEEP_DAYS}; the journal is kept {SHORTEST} days at least.", id="journal.E001")]
