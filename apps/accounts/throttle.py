"""The slow lock: one name tried from many addresses (reliability.md 2.4). The fast one, by name and address, is axes' own."""

import datetime as dt

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessFailureLog
from django.conf import settings
from django.utils import timezone

from apps.core import clock
from apps.journal.models import JournalEntry

KNOWN_FOR = dt.timedelta(days=30)


class OfficeHandler(AxesDatabaseHandler):
    """Lock a name that failed settings.NAME_FAILURE_LIMIT times from all addresses together.

    An address the person signed in from lately is let on, to its own five tries: nobody locks a colleague out of
    his own desk by trying his name from elsewhere.
    """

    def is_locked(self, request, credentials=None):
        return super().is_locked(request, credentials) or self._tried_everywhere(get_client_username(request, credentials), request)

    @staticmethod
    def _tried_everywhere(username, request):
        if not username:
            return False
        recent = AccessFailureLog.objects.filter(username=username, attempt_time__gte=clock.now() - settings.NAME_FAILURE_TIME)
        if recent.count() < settings.NAME_FAILURE_LIMIT:
            return False
        since = timezone.localtime(clock.now() - KNOWN_FOR).isoformat(timespec="microseconds")
        sign_ins = JournalEntry.objects.filter(act="登录", user__username=username, address=request.META.get("REMOTE_ADDR", ""))
        return not sign_ins.filter(at__gte=since).exists()


def forget(username):
    """Lift the slow lock of a name."""
    AccessFailureLog.objects.filter(username=username).delete()
