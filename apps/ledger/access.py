"""Who may open a page: signed in with a business post, or with a named right."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied

NO_RIGHT = "您的岗位没有这项权限。"


def require_change(ledger, record, user):
    """Raise PermissionDenied where `user` may not change a record of the ledger in its present state."""
    if record.archived_at:
        raise PermissionDenied("已归档的记录不能修改。")
    if not ledger.writable(user, record):
        raise PermissionDenied(f"“{record.state_label}”环节不能修改，只能办理。")


class SignedIn(LoginRequiredMixin):
    """A page for everybody with a business post; the three administrators have none."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not self.allowed(request.user):
            raise PermissionDenied(NO_RIGHT)
        return super().dispatch(request, *args, **kwargs)

    def allowed(self, user):
        return not user.reach().nobody


class RightRequired(SignedIn):
    """A page for posts that may do `act` on `subject` (apps.accounts.rights)."""

    subject = ""
    act = "read"

    def allowed(self, user):
        return user.may(self.act, self.subject)
