"""The second factor (reliability.md A7): six digits of an app on the phone, new every 30 seconds (RFC 6238), kept by django-otp.

The secret being bound lives in the session until its first code is typed; only then it becomes a device. A code opens
once: django-otp remembers the last step used and slows down guessing.
"""

from base64 import b32encode
from binascii import unhexlify

import segno
from django.db import transaction
from django_otp import verify_token
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from apps.accounts.models import User
from apps.accounts.services import called, end_all_sessions, locked
from apps.core.errors import Refused
from apps.journal import services as journal

NAME = "手机验证器"
WRONG = "验证码不正确或已用过；连续输错后须稍候。请等下一个验证码再试。"


def new_secret():
    """Return a fresh secret as hex."""
    return default_key()


def shown(user, secret):
    """Return how a secret is handed over: {"text": base32 in groups of four, "qr": a PNG as a data URI}."""
    text = b32encode(unhexlify(secret)).decode()
    picture = segno.make(TOTPDevice(user=user, key=secret).config_url, error="m").png_data_uri(scale=5)
    return {"text": " ".join(text[i : i + 4] for i in range(0, len(text), 4)), "qr": picture}


@transaction.atomic
def bind(*, user, secret, code, actor):
    """Make `secret` (hex) the person's factor in place of any former one and return the device; his sessions end.

    Raises Refused when `code` is not one of the secret's present codes.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    device = TOTPDevice.objects.create(user=user, name=NAME, key=secret)
    if not device.verify_token(code):
        raise Refused("验证码不正确，没有绑定。请核对手机时间后输入当前的验证码。")
    replaced, _ = user.totpdevice_set.exclude(pk=device.pk).delete()
    end_all_sessions(user)
    journal.record(act="绑定二次验证", actor=actor, target=called(user), detail={"replaced": bool(replaced)})
    device.user = user
    return device


@transaction.atomic
def verify(*, user, code, actor):
    """Return the device `code` belongs to, or None; each try is journalled."""
    device = user.totpdevice_set.filter(confirmed=True).first()
    verified = device and verify_token(user, device.persistent_id, code)
    journal.record(act="二次验证", actor=actor, target=called(user), result="成功" if verified else "失败")
    return verified


@transaction.atomic
def remove(*, user, actor):
    """Take away the factor of a person who lost the phone; at the next sign-in he binds a new one. Never one's own."""
    user = locked(user, actor, "grant")
    removed, _ = user.totpdevice_set.all().delete()
    if not removed:
        raise Refused("该人员没有绑定二次验证。")
    end_all_sessions(user)
    journal.record(act="解除二次验证", actor=actor, target=called(user))
