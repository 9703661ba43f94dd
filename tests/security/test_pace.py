"""Nobody asks faster, or for more at once, than the office can bear (reliability.md E1)."""

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clerk(client):
    user = make.person("clerk", Role.PER_MU)
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("view", "args", "params"),
    [
        ("workbench:search", [], {"q": "示例"}),
        ("ledger:lookup", ["enterprises"], {"q": "示例"}),
        ("exchange:export", ["enterprises"], {}),
        ("exchange:template", ["enterprises"], {}),
        ("exchange:upload", ["enterprises"], {}),
    ],
)
def test_a_page_asked_for_too_often_waits(client, settings, view, args, params):
    settings.PACE = {view: "3/m"}
    path = reverse(view, args=args)
    answers = [client.get(path, params) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert answers[3].headers["Retry-After"] == "60"
    assert "操作过于频繁，请一分钟后再试。" in answers[3].content.decode()
    told = client.get(path, params, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()) == (429, {"message": "操作过于频繁，请一分钟后再试。"})
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_one_person_does_not_slow_another(client, settings):
    settings.PACE = {"workbench:search": "1/m"}
    path = reverse("workbench:search")
    assert [client.get(path).status_code for _ in range(2)] == [200, 429]
    client.force_login(make.person("other", Role.PER_MU))
    assert client.get(path).status_code == 200


def test_the_setting_paces_search_look_up_export_and_import(settings):
    assert settings.PACE.keys() >= {"workbench:search", "ledger:lookup", "exchange:export", "exchange:upload"}


@pytest.mark.parametrize(("asked", "shown"), [("1000000000", 200), ("-1", 25), ("0", 25), ("x", 25), ("10", 10)])
def test_a_page_of_a_list_has_an_end(client, asked, shown):
    answer = client.get(reverse("ledger:list", args=["enterprises"]), {"per_page": asked})
    assert answer.context["table"].paginator.per_page == shown


@pytest.mark.parametrize(("asked", "shown"), [("1000000000", 200), ("-1", 25)])
def test_so_has_the_list_of_people(client, asked, shown):
    client.force_login(make.person("sysadmin", Role.SYSTEM_ADMIN))
    assert client.get(reverse("accounts:people"), {"per_page": asked}).context["table"].paginator.per_page == shown
