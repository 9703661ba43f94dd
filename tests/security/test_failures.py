"""When something breaks: a page in Chinese, a number to tell, nothing of the inside (reliability.md E3)."""

import logging
import re

import pytest
from django.core.exceptions import BadRequest
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.test import Client
from django.urls import include, path

from apps.core import failures
from apps.core.errors import Refused
from apps.core.outage import Unavailable

pytestmark = pytest.mark.django_db
SECRET = "secret-of-the-inside"
NUMBER = re.compile(r"事件编号：([0-9A-F]{8})。")
JSON = {"Accept": "application/json"}


def raising(error):
    def view(request):
        raise error

    return view


errors = {
    "broken": ZeroDivisionError(SECRET),
    "away": OperationalError(SECRET),
    "lost": InterfaceError(SECRET),
    "unavailable": Unavailable("日志暂时不能写入。"),
    "bad": BadRequest(SECRET),
    "missing": Http404(SECRET),
    "refused": Refused("不能办理。"),
}
urlpatterns = [path("", include("jinyun.urls")), *(path(f"fail/{name}/", raising(error)) for name, error in errors.items())]
handler500 = failures.server_error


@pytest.fixture
def answer(client, settings):
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    return lambda name, **extra: client.get(f"/fail/{name}/", **extra)


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("broken", 500, "系统出错，您刚才的操作没有保存。"),
        ("away", 503, "数据库暂时不能使用。您刚才的操作没有保存，请稍后再试。"),
        ("lost", 503, "数据库暂时不能使用。您刚才的操作没有保存，请稍后再试。"),
        ("unavailable", 503, "日志暂时不能写入。您刚才的操作没有保存，请稍后再试。"),
        ("bad", 400, "没有保存任何内容"),
        ("missing", 404, "页面或记录不存在，或不在您的范围内。"),
    ],
)
def test_each_failure_has_its_page(answer, name, status, words):
    page = answer(name)
    text = page.content.decode()
    assert (page.status_code, words in text, SECRET in text, "Traceback" in text) == (status, True, False, False)
    assert (page.headers.get("Retry-After") == "30") is (status == 503)
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("name", "status"), [("broken", 500), ("away", 503)])
def test_a_script_gets_the_same_as_json(answer, name, status):
    page = answer(name, headers=JSON)
    assert page.status_code == status
    assert NUMBER.search(page.json()["message"])
    assert SECRET not in page.content.decode()


def test_the_number_stands_in_the_log_with_the_error(answer, caplog):
    with caplog.at_level(logging.ERROR, "django.request"):
        number = NUMBER.search(answer("broken").content.decode())[1]
    record = next(record for record in caplog.records if record.name == "django.request")
    assert failures.NamesIncident().filter(record)
    line = logging.Formatter("{levelname} {name}: {message}", style="{").format(record)
    assert line.startswith(f"ERROR django.request: {number} Internal Server Error: /fail/broken/")
    assert SECRET in line


def test_two_failures_have_two_numbers(answer):
    assert NUMBER.search(answer("broken").content.decode())[1] != NUMBER.search(answer("broken").content.decode())[1]


def test_the_log_is_set_up_with_the_number(settings):
    assert settings.LOGGING["handlers"]["stderr"]["filters"] == ["incident"]
    assert settings.LOGGING["filters"]["incident"]["()"] == "apps.core.failures.NamesIncident"


def test_a_wrong_host_is_a_bad_request(client):
    page = client.get("/", headers={"Host": "elsewhere.example"})
    assert (page.status_code, "请求有误" in page.content.decode()) == (400, True)


def test_a_form_without_its_token_says_so():
    page = Client(enforce_csrf_checks=True).post("/people/sign-in/", {"username": "a", "password": "b"})
    assert (page.status_code, "页面已过期" in page.content.decode()) == (403, True)
