"""The last answer: what went wrong where nobody was left to catch it. Pages in Chinese, nothing of the inside."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.shortcuts import render

from apps.core.errors import Unavailable

DATABASE_AWAY = "数据库暂时不能使用。"
RETRY_AFTER = "30"  # seconds


def server_error(request):
    """Answer 503 while the database or the journal is away, so that people know to try again; else 500."""
    error = sys.exc_info()[1]
    if not isinstance(error, OperationalError | InterfaceError):
        return _answer(request, "500.html", "系统出错，您刚才的操作没有保存。", 500)
    reason = str(error) if isinstance(error, Unavailable) else DATABASE_AWAY
    answer = _answer(request, "503.html", f"{reason}您刚才的操作没有保存，请稍后再试。", 503)
    answer["Retry-After"] = RETRY_AFTER
    return answer


def _answer(request, template, message, status):
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"message": message}, status=status)
    return render(None, template, {"message": message}, status=status)  # no context of the request: it may need the database
