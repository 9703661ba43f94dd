"""Secrets that must be read again are kept sealed under keys outside the database (reliability.md F2).

The one place that names a cipher: Fernet (AES-128-CBC with HMAC-SHA256). An office that must use SM4 puts it here; what is
kept begins with the cipher's mark.
"""

from base64 import urlsafe_b64encode
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

from apps.core.outage import Unavailable

MARK = "fernet:"


def seal(text):
    """Return `text` encrypted under the first of settings.FIELD_KEYS."""
    return MARK + _ring(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed):
    """Return the text sealed under any of settings.FIELD_KEYS. Raises Unavailable where none of them is the key."""
    try:
        return _ring(tuple(settings.FIELD_KEYS)).decrypt(sealed.removeprefix(MARK)).decode()
    except InvalidToken as error:
        raise Unavailable("加密保存的内容不能解开，请系统管理员核对 FIELD_KEYS。") from error


@cache
def _ring(secrets):
    keys = [salted_hmac("apps.core.cipher", b"", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])
