"""The slow lock: one name tried from many addresses, or many names from one (reliability.md 2.4). The fast one is axes' own."""

import datetime as dt

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.utils import timezone

from apps.core import clock
from apps.journal.models import JournalEntry

KNOWN_FOR = dt.timedelta(days=30)


class OfficeHandler(AxesDatabaseHandler):
    """Lock a name that failed settings.NAME_FAILURE_LIMIT times from all addresses together, and an address from which all
    names together failed settings.ADDRESS_FAILURE_LIMIT times: one common password tried on name after name.

    A name at an address it signed in from lately is let on, to its own five tries: nobody locks a colleague out of
    his own desk by trying his name from elsewhere, or other names from an address they share.
    """

    def is_locked(self, request, credentials=None):
        return super().is_locked(request, credentials) or self._tried_everywhere(get_client_username(request, credentials), request)

    @staticmethod
    def _tried_everywhere(username, request):
        if not username:
            return False
        address = request.META.get("REMOTE_ADDR", "")
        recent = AccessFailureLog.objects.filter(attempt_time__gte=clock.now() - settings.NAME_FAILURE_TIME)
        of_name = recent.filter(username=username).count() >= settings.NAME_FAILURE_LIMIT
        if not of_name and recent.filter(ip_address=address).count() < settings.ADDRESS_FAILURE_LIMIT:
            return False
        since = timezone.localtime(clock.now() - KNOWN_FOR).isoformat(timespec="microseconds")
        sign_ins = JournalEntry.objects.filter(act="登录", user__username=username, address=address)
        return not sign_ins.filter(at__gte=since).exists()


def forget(username):
    """Lift the slow lock of a name."""
    AccessFailureLog.objects.filter(username=username).delete()


def forget_old():
    """Delete the failed sign-ins too old for either lock."""
    AccessFailureLog.objects.filter(attempt_time__lt=clock.now() - settings.NAME_FAILURE_TIME).delete()
    AccessAttempt.objects.filter(attempt_time__lt=clock.now() - settings.AXES_COOLOFF_TIME).delete()
