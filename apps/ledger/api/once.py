"""A request sent twice acts once (reliability.md 2.2, T21): the answer to an `Idempotency-Key` is kept with the act it answers."""

import datetime as dt
import hashlib
import json
import re

from django.db import transaction
from django.http import HttpResponse
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer

from apps.core import clock
from apps.core.locks import try_lock
from apps.ledger.api.problems import KeyTaken
from apps.ledger.models import Answer

KEPT = dt.timedelta(hours=24)
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
        answer = _given(request, key) or _give(request, key, act())
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers, content_type="application/json")


def _given(request, key):
    """Return the answer kept under the key, None where there is none; what is too old goes first."""
    own = Answer.objects.filter(user=request.user)
    own.filter(at__lte=clock.now() - KEPT).delete()
    answer = own.filter(key=key).first()
    if answer and answer.request != _digest(request):
        raise KeyTaken("这个 Idempotency-Key 已用于另一个请求，请换一个新的键。")
    return answer


def _give(request, key, response):
    headers = {name: response[name] for name in HEADERS if name in response}
    body = JSONRenderer().render(response.data)
    return Answer.objects.create(
        user=request.user, key=key, request=_digest(request), status=response.status_code, headers=headers, body=body, at=clock.now()
    )


def _digest(request):
    """Return the SHA-256 of what makes a request the same one: address, condition, body with its files, and the post it is made in."""
    parts = [request.get_full_path(), request.headers.get("If-Match"), request.data, request.user.acting_label]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=_name_and_bytes).encode()).hexdigest()


def _name_and_bytes(file):
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return [file.name, digest]
