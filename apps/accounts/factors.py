"""The second factor (reliability.md A7): six digits of an app on the phone, new every 30 seconds (RFC 6238), checked by django-otp.

The secret being bound lives in the session, sealed, until its first code is typed; only then it becomes a device. A code opens
once: django-otp remembers the last step used and slows down guessing.
"""

from base64 import b32encode

import segno
from django.db import transaction
from django_otp import verify_token
from django_otp.plugins.otp_totp.models import default_key

from apps.accounts.models import Authenticator, User
from apps.accounts.services import called, end_all_sessions, locked
from apps.core import cipher
from apps.core.errors import Refused
from apps.journal import services as journal

NAME = "手机验证器"
WRONG = "验证码不正确或已用过；连续输错后须稍候。请等下一个验证码再试。"


def new_secret():
    """Return a fresh secret (hex), sealed."""
    return cipher.seal(default_key())


def shown(user, sealed):
    """Return how a sealed secret is handed over: {"text": base32 in groups of four, "qr": a PNG as a data URI}."""
    device = Authenticator(user=user, sealed=sealed)
    text = b32encode(device.bin_key).decode()
    picture = segno.make(device.config_url, error="m").png_data_uri(scale=5)
    return {"text": " ".join(text[i : i + 4] for i in range(0, len(text), 4)), "qr": picture}


@transaction.atomic
def bind(*, user, sealed, code, actor):
    """Make the `sealed` secret the person's factor in place of any former one and return the device; his sessions end.

    Raises Refused when `code` is not one of its present codes.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    device = Authenticator.objects.create(user=user, name=NAME, sealed=sealed)
    if not device.verify_token(code):
        raise Refused("验证码不正确，没有绑定。请核对手机时间后输入当前的验证码。")
    replaced, _ = user.authenticator_set.exclude(pk=device.pk).delete()
    end_all_sessions(user)
    journal.record(act="绑定二次验证", actor=actor, target=called(user), detail={"replaced": bool(replaced)})
    device.user = user
    return device


@transaction.atomic
def verify(*, user, code, actor):
    """Return the device `code` belongs to, or None; each try is journalled."""
    device = user.authenticator_set.filter(confirmed=True).first()
    verified = device and verify_token(user, device.persistent_id, code)
    if not verified:
        journal.record_refusal(act="二次验证", actor=actor, target=called(user), detail={}, result="失败")
        return None
    journal.record(act="二次验证", actor=actor, target=called(user))
    return verified


@transaction.atomic
def remove(*, user, actor):
    """Take away the factor of a person who lost the phone; at the next sign-in he binds a new one. Never one's own."""
    user = locked(user, actor, "grant")
    removed, _ = user.authenticator_set.all().delete()
    if not removed:
        raise Refused("该人员没有绑定二次验证。")
    end_all_sessions(user)
    journal.record(act="解除二次验证", actor=actor, target=called(user))


@transaction.atomic
def reseal(*, actor):
    """Seal every secret anew under the first key and return how many there were."""
    devices = Authenticator.objects.select_for_update(no_key=True).order_by("pk")
    for device in devices:
        device.sealed = cipher.seal(device.key)
        device.save(update_fields=["sealed"])
    journal.record(act="更换加密密钥", actor=actor, target=f"二次验证：{len(devices)} 个")
    return len(devices)
