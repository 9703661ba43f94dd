from django.conf import settings

from apps.accounts.alarms import unhandled
from apps.core import clock
from apps.workbench.menu import menu_of


def frame(request):
    """What the frame of every page shows: the menu, the office's date where it is set by hand, alarms for those who handle them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "menu": menu_of(user, request.path),
        "office_today": clock.today() if settings.OFFICE_TODAY else None,
        "alarms": unhandled(user),
    }
