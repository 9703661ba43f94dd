"""The last answer: what went wrong where nobody was left to catch it. In Chinese, a number, nothing of the inside; the log has the rest."""

import logging
import secrets
import sys

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.shortcuts import render

from apps.core.answers import asks_for_json
from apps.core.outage import Unavailable

DATABASE_AWAY = "数据库暂时不能使用。"
RETRY_AFTER = "30"  # seconds


def server_error(request):
    """Answer for an error nobody caught (Django's handler500)."""
    return answer_to(sys.exc_info()[1], request)


def answer_to(error, request):
    """Answer 503 while the database or the journal is away, so that people know to try again; else 500."""
    request.incident = secrets.token_hex(4).upper()
    if not isinstance(error, OperationalError | InterfaceError):
        return _answer(request, "500.html", "系统出错，您刚才的操作没有保存。", 500)
    reason = str(error) if isinstance(error, Unavailable) else DATABASE_AWAY
    answer = _answer(request, "503.html", f"{reason}您刚才的操作没有保存，请稍后再试。", 503)
    answer["Retry-After"] = RETRY_AFTER
    return answer


def _answer(request, template, sentence, status):
    message = f"{sentence}事件编号：{request.incident}。"
    if asks_for_json(request):
        return JsonResponse({"message": message}, status=status)
    return render(None, template, {"message": message}, status=status)  # no context of the request: it may need the database


class NamesIncident(logging.Filter):
    """Put the incident's number before the line Django logs about the same request, so that a told number is found."""

    def filter(self, record):
        number = getattr(getattr(record, "request", None), "incident", None)
        if number and not str(record.msg).startswith(number):
            record.msg = f"{number} {record.msg}"
        return True
