"""What went wrong, as JSON with Chinese sentences: {"message": ..., "errors": {field: [sentences]}}; never a page, never internals."""

from django.core.exceptions import NON_FIELD_ERRORS, BadRequest, PermissionDenied, SuspiciousOperation, ValidationError
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.log import log_response
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from apps.core import failures
from apps.core.errors import Refused, RowsRefused
from apps.core.locks import HELD, is_held

NOT_FOUND = "没有这一地址或记录，或不在您的范围内。"


class VersionMissing(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = '修改须在 If-Match 请求头中给出读取时的版本，如 If-Match: "3"。'


class Stale(exceptions.APIException):
    """The row has changed since it was read. `more` goes into the answer: the version and both values per field."""

    status_code = status.HTTP_412_PRECONDITION_FAILED

    def __init__(self, detail, more):
        super().__init__(detail)
        self.more = more


class KeyTaken(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


def answer(problem, context):
    """Return the answer to any exception of an API view (REST framework's EXCEPTION_HANDLER)."""
    if isinstance(problem, ValidationError):
        return _faults(problem.update_error_dict({}))
    if isinstance(problem, exceptions.ValidationError):
        return _faults(problem.detail if isinstance(problem.detail, dict) else {NON_FIELD_ERRORS: problem.detail})
    if isinstance(problem, exceptions.APIException):
        return _answered(problem)
    if isinstance(problem, RowsRefused):
        errors = {name: [sentence] for _, name, sentence in problem.faults}
        return Response({"message": str(problem), "errors": errors}, status=status.HTTP_409_CONFLICT)
    if isinstance(problem, Refused):
        return Response({"message": str(problem), **problem.more}, status=status.HTTP_409_CONFLICT)
    for kind, code, words in _PLAIN:
        if isinstance(problem, kind):
            return Response({"message": words or str(problem) or "您的岗位没有这项权限。"}, status=code)
    if is_held(problem):
        return Response({"message": HELD}, status=status.HTTP_409_CONFLICT)
    return _failed(problem, context["request"]._request)


_PLAIN = [
    (Http404, status.HTTP_404_NOT_FOUND, NOT_FOUND),
    (PermissionDenied, status.HTTP_403_FORBIDDEN, None),
    ((SuspiciousOperation, BadRequest), status.HTTP_400_BAD_REQUEST, "请求不合规范，未处理。"),
]


def _answered(problem):
    headers = {}
    message = NOT_FOUND if isinstance(problem, exceptions.NotFound) else str(problem.detail)
    if getattr(problem, "auth_header", None):
        headers["WWW-Authenticate"] = problem.auth_header
    if isinstance(problem, exceptions.Throttled) and problem.wait is not None:
        headers["Retry-After"] = str(int(problem.wait) + 1)
        message = f"请求过于频繁，请在 {int(problem.wait) + 1} 秒后重试。"
    return Response({"message": message, **getattr(problem, "more", {})}, status=problem.status_code, headers=headers)


def _faults(errors):
    """Answer 400 with the sentences of every field; those about the whole row under `non_field_errors`."""
    errors = dict(_named(errors))
    message = f"有 {len(errors)} 处需要改正，没有保存任何内容。"
    return Response({"message": message, "errors": errors}, status=status.HTTP_400_BAD_REQUEST)


def _named(errors, within=""):
    """Yield (name, sentences) of every field; a field within another is named with it: `values.scale`."""
    for name, found in errors.items():
        whole = name in (NON_FIELD_ERRORS, api_settings.NON_FIELD_ERRORS_KEY)
        path = (within or api_settings.NON_FIELD_ERRORS_KEY) if whole else f"{within}.{name}" if within else str(name)
        if isinstance(found, dict):
            yield from _named(found, path)
        else:
            yield path, list(_sentences(found))


def _sentences(found):
    """Yield every sentence of what a field has against its value, however deep it stands."""
    if isinstance(found, dict):
        found = found.values()
    if isinstance(found, str):
        yield str(found)
        return
    for one in found:
        yield from one.messages if isinstance(one, ValidationError) else _sentences(one)


def _failed(problem, request):
    """Answer 503 or 500 with the incident's number, as a page does; logged and signalled as Django does it: nothing is swallowed."""
    answer = failures.answer_to(problem, request)
    log_response("%s: %s", answer.reason_phrase, request.path, response=answer, request=request, exception=problem)
    got_request_exception.send(sender=None, request=request)
    return answer
