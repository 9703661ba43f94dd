"""Something the whole system stands on does not work now."""

from django.db import OperationalError


class Unavailable(OperationalError):
    """What an act cannot do without is out of order; nothing was changed. Answered with 503; its text is a Chinese sentence."""
