"""A request of a script sent twice acts once: under its `Idempotency-Key` (apps.ledger.answers)."""

import re

from django.db import transaction
from django.http import HttpResponse
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer

from apps.core.locks import try_lock
from apps.ledger import answers
from apps.ledger.api.problems import KeyTaken

KEY = re.compile(r"[!-~]{1,100}")
HEADERS = ("ETag", "Location")


def once(request, act):
    """Return act()'s answer, or the one already given to the same request under the same key, byte for byte.

    The answer is stored in the transaction of the act. A refused act raises, rolls back and leaves the key unused.
    Raises KeyTaken (409): the key belongs to another request, or the first one has not ended (PostgreSQL; SQLite waits).
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return act()
    if not KEY.fullmatch(key):
        raise ParseError("Idempotency-Key 应为 1 至 100 个英文字符，不含空格。")
    with transaction.atomic():
        if not try_lock(f"{request.user.pk} {key}"):
            raise KeyTaken("同一 Idempotency-Key 的请求正在处理，请稍后用同一键重试。")
        digest = _digest(request)
        try:
            answer = answers.given(request.user, key, digest) or _give(request.user, key, digest, act())
        except answers.OtherRequest as other:
            raise KeyTaken("这个 Idempotency-Key 已用于另一个请求，请换一个新的键。") from other
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers, content_type="application/json")


def _give(user, key, digest, response):
    headers = {name: response[name] for name in HEADERS if name in response}
    body = JSONRenderer().render(response.data)
    return answers.keep(user=user, key=key, digest=digest, status=response.status_code, headers=headers, body=body)


def _digest(request):
    """Return the digest of address, condition, body with its files, and the post it is made in."""
    return answers.digest_of([request.get_full_path(), request.headers.get("If-Match"), request.data, request.user.acting_label])
