"""Headers and cookies of every kind of answer (reliability.md D5, T40)."""

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from tests import factories as make
from tests.accounts.conftest import PASSWORD
from tests.exchange.books import FACT, book, staged
from tests.routes import every_path

pytestmark = pytest.mark.django_db
EXPECTED = {
    "Cache-Control": {"no-store", "max-age=0, no-cache, no-store, must-revalidate, private"},
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Permissions-Policy": {"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"},
}


def policy(response):
    """Return the content security policy as directive -> sources."""
    parts = [part.split() for part in response.headers["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in parts}


def faults(response):
    """Return what is wrong with the headers of an answer."""
    wrong = {name: response.headers.get(name) for name, good in EXPECTED.items() if response.headers.get(name) not in good}
    directives = policy(response) if "Content-Security-Policy" in response.headers else {}
    strict = {"default-src": ["'none'"], "script-src": ["'self'"], "style-src": ["'self'"], "frame-ancestors": ["'none'"]}
    return wrong | {name: directives.get(name) for name, sources in strict.items() if directives.get(name) != sources}


@pytest.fixture
def clerk(client):
    user = make.person("clerk", Role.PER_MU)
    make.enterprise()
    client.force_login(user)
    return user


@pytest.mark.deep
def test_every_route_signed_in_and_not(client, clerk):
    client.raise_request_exception = False
    found = {}
    for path in sorted(set(every_path()) - {reverse("accounts:sign-out")}):
        for method in ("get", "post", "options"):
            found[method, path] = faults(getattr(client, method)(path))
    client.logout()
    for path in every_path():
        found["nobody", path] = faults(client.get(path))
    assert {key: wrong for key, wrong in found.items() if wrong} == {}
    assert len(found) > 150


def test_errors_have_them_too(client, clerk, settings):
    answers = {
        404: client.get("/nowhere/"),
        403: client.get(reverse("accounts:people")),
        405: client.get(reverse("accounts:sign-out")),
        400: client.get("/", headers={"Host": "elsewhere.example"}),
    }
    assert {code: answer.status_code for code, answer in answers.items()} == {code: code for code in answers}
    assert {code: faults(answer) for code, answer in answers.items()} == dict.fromkeys(answers, {})


@pytest.mark.parametrize("page", ["template", "export"])
def test_a_workbook_is_an_attachment_nobody_keeps(client, clerk, page):
    answer = client.get(reverse(f"exchange:{page}", args=["enterprises"]))
    assert (answer.status_code, faults(answer)) == (200, {})
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    "name", ['a"; filename="x.html', "../../etc/passwd", "a\r\nSet-Cookie: x=1.xlsx", "<script>.xlsx", "C:\\x.xlsx", "　"]
)
def test_an_uploaded_file_lies_under_a_random_name_and_comes_back_under_ours(client, clerk, settings, tmp_path, name):
    path = book(tmp_path / "book.xlsx", FACT, ["91331122MA00000000", "示例乙", 2020, "规上", "约三千", 1])
    batch = staged("enterprise-facts", path, clerk, name)
    root = settings.MEDIA_ROOT
    assert [path.parent for path in root.rglob("*") if path.is_file()] == [root / "uploads"]
    assert len(batch.file.name) == len("uploads/") + 32
    answer = client.get(reverse("exchange:marked", args=[batch.pk]))
    assert (answer.status_code, faults(answer)) == (200, {})
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%A0%B8%E5%AF%B9%E7%BB%93%E6%9E%9C")


def test_signing_out_lets_the_browser_forget(client, clerk):
    answer = client.post(reverse("accounts:sign-out"))
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache", "storage"')


def test_cookies_in_production(client, settings):
    """Cookies go over HTTPS only; jinyun/settings.py says so in production, `check --deploy` in .ci/run proves it."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    make.person("clerk", Role.PER_MU)
    answer = client.post(reverse("accounts:sign-in"), {"username": "clerk", "password": PASSWORD})
    found = {name: (bool(cookie["secure"]), cookie["samesite"]) for name, cookie in answer.cookies.items()}
    assert found == {"sessionid": (True, "Lax"), "csrftoken": (True, "Lax")}
    assert answer.cookies["sessionid"]["httponly"]


def test_there_is_no_admin_site(client):
    assert client.get("/admin/").status_code == 404
