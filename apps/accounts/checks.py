"""What a slip in the environment file must not do unseen: switch off the second factor, the limit of sessions, every new password."""

from django.conf import settings
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.checks import Error, register

from apps.accounts.choices import Role


@register
def sign_in_is_guarded(app_configs=None, **options):
    """Refuse roles nobody has, less than one session a person, and a list of passwords that cannot be read."""
    unknown = sorted(set(settings.SECOND_FACTOR_ROLES) - set(Role))
    found = []
    if unknown:
        found.append(
            Error(f"SECOND_FACTOR_ROLES names no role: {', '.join(unknown)}.", hint=f"Roles: {', '.join(Role)}.", id="accounts.E001")
        )
    if settings.SESSION_PLACES < 1:
        found.append(Error(f"SESSION_PLACES is {settings.SESSION_PLACES}; a person has at least one session.", id="accounts.E002"))
    try:
        get_default_password_validators()
    except OSError as error:
        found.append(Error(f"PASSWORD_LIST cannot be read: {error}.", id="accounts.E003"))
    return found
