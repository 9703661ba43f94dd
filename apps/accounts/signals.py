"""Sign-in and sign-out happen inside Django and django-axes; here they get their marks and their journal entries."""

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from apps.accounts import sessions
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.journal import services as journal


@receiver(user_logged_in)
@transaction.atomic
def signed_in(sender, request, user, **kwargs):
    sessions.start(request.session, user)
    journal.record(act="登录", actor=Actor.of(user, address=_address(request)), target=str(user))


@receiver(user_logged_out)
@transaction.atomic
def signed_out(sender, request, user, **kwargs):
    if user:
        journal.record(act="退出", actor=Actor.of(user, address=_address(request)), target=str(user))


@receiver(user_login_failed)
def sign_in_failed(sender, credentials, request=None, **kwargs):
    if getattr(request, "axes_locked_out", False):
        return  # the attempt that locks, and every one while locked, is entered once: as locked out
    again = request is not None and hasattr(request, "user") and request.user.is_authenticated
    _note_refusal("再次验证" if again else "登录失败", credentials.get("username", ""), request)


@receiver(user_locked_out)
def locked_out(sender, request, username, **kwargs):
    _note_refusal("登录锁定", username, request)


def _note_refusal(act, username, request):
    """Record a refused sign-in. A name nobody has is left out: people type their password into the wrong box."""
    target = str(User.objects.filter(username=username).first() or "未登记的用户名")
    journal.record_refusal(act=act, actor=Actor(address=_address(request)), target=target, detail={}, result="失败")


def _address(request):
    return request.META.get("REMOTE_ADDR", "") if request else ""
