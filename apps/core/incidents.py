"""What a person sees when the system fails: one page, a number, nothing of the inside. The log has the number and the rest."""

import logging
import secrets
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template import loader

from apps.core.answers import asks_for_json

BROKEN = "系统出错，您刚才的操作没有保存。事件编号：{}。"
AWAY = "数据库暂时没有响应，您刚才的操作没有保存，请稍后再试。事件编号：{}。"


def server_error(request):
    """Answer an exception nobody caught: 503 while the database is away or busy, else 500.

    The pages are drawn without the request: what a frame needs may be the very thing that is away.
    """
    request.incident = secrets.token_hex(4).upper()
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status, sentence = (503, AWAY) if away else (500, BROKEN)
    message = sentence.format(request.incident)
    if asks_for_json(request):
        response = JsonResponse({"message": message}, status=status)
    else:
        response = HttpResponse(loader.render_to_string("500.html", {"message": message, "away": away}), status=status)
    if away:
        response["Retry-After"] = "30"
    return response


class NamesIncident(logging.Filter):
    """Put the incident's number before the line Django logs about the same request, so that a told number is found."""

    def filter(self, record):
        number = getattr(getattr(record, "request", None), "incident", None)
        if number and not str(record.msg).startswith(number):
            record.msg = f"{number} {record.msg}"
        return True
