"""The people pages: registering, granting and reading are in three hands; every act is in the journal."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from apps.accounts import services
from apps.accounts.choices import Role
from apps.accounts.models import Organisation, User
from apps.core import clock
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.journal.models import JournalEntry
from tests import factories as make

pytestmark = pytest.mark.django_db

# page: method, status for the system, security and audit administrator, and for a leader who reads everything else
PAGES = {
    "people": ("get", 200, 200, 200, 403),
    "person": ("get", 200, 200, 200, 403),
    "propose": ("get", 200, 403, 403, 403),
    "organisations": ("get", 200, 403, 403, 403),
    "grant": ("get", 403, 200, 403, 403),
    "reset-password": ("post", 403, 200, 403, 403),
    "unlock": ("post", 403, 302, 403, 403),
    "end-sessions": ("post", 403, 302, 403, 403),
    "deactivate": ("post", 403, 302, 403, 403),
    "activate": ("post", 403, 302, 403, 403),
    "end-post": ("post", 403, 302, 403, 403),
}
WITHOUT_ARGUMENT = {"people", "propose", "organisations"}
READERS = [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.LEADER]


def path(page, person):
    key = {"end-post": lambda: person.posts.get().pk}.get(page, lambda: person.pk)()
    return reverse(f"accounts:{page}", args=[] if page in WITHOUT_ARGUMENT else [key])


def journalled():
    return list(JournalEntry.objects.exclude(act="登录").order_by("seq").values_list("act", "actor", "target"))


@pytest.mark.parametrize("page", PAGES)
def test_who_may_open_which_page(client, clerk, page):
    method, *expected = PAGES[page]
    found = []
    for role in READERS:
        client.force_login(make.person(f"user_{role}", role))
        found.append(getattr(client, method)(path(page, clerk)).status_code)
    assert found == expected
    client.logout()
    assert getattr(client, method)(path(page, clerk)).url.startswith(reverse("accounts:sign-in"))


@pytest.mark.parametrize("page", [page for page, (method, *_) in PAGES.items() if method == "post"])
def test_a_page_that_acts_takes_a_post(client, clerk, secadmin, page):
    client.force_login(secadmin)
    assert client.get(path(page, clerk)).status_code == 405
    assert journalled() == []


def test_registering_granting_and_the_first_password(client, sysadmin, secadmin, sign_in):
    bureau = services.add_organisation(name="县经济商务局", actor=Actor.system("测试"))
    park = make.platform()
    client.force_login(sysadmin)
    client.post(reverse("accounts:propose"), {"username": "wangmin", "name": "王敏", "organisation": bureau.pk})
    person = User.objects.get(username="wangmin")
    assert (person.name, person.organisation, person.has_usable_password(), person.reach().nobody) == ("王敏", bureau, False, True)

    client.force_login(secadmin)
    post = {"role": Role.PARK, "platform": park.pk, "start": "2021-01-01"}
    assert client.post(path("grant", person), post).status_code == 302
    page = client.post(path("reset-password", person))
    password = page.context["password"]
    assert password in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert password not in client.get(path("person", person)).content.decode()

    assert [str(post) for post in User.objects.get(pk=person.pk).posts_held] == ["园区管理员（丽缙园）"]
    assert journalled()[-3:] == [
        ("登记人员", "sysadmin", "王敏（wangmin）"),
        ("授予岗位", "secadmin", "王敏（wangmin）"),
        ("重置密码", "secadmin", "王敏（wangmin）"),
    ]
    assert not JournalEntry.objects.filter(detail__icontains=password).exists()
    client.logout()
    assert sign_in("wangmin", password).status_code == 302


def test_granting_and_resetting_take_a_fresh_password(client, secadmin, clerk, later):
    client.force_login(secadmin)
    later(minutes=11)
    answers = [client.post(path("grant", clerk), {"role": Role.PARK, "start": "2021-01-01"}), client.post(path("reset-password", clerk))]
    back = [path("grant", clerk), path("person", clerk)]
    assert [answer.url for answer in answers] == [f"{reverse('accounts:prove')}?next={page}" for page in back]
    assert journalled() == []


def test_a_refused_grant_is_told_on_the_form(client, secadmin, clerk):
    client.force_login(secadmin)
    response = client.post(path("grant", clerk), {"role": Role.AUDIT_ADMIN, "start": "2021-01-01"})
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == ["三员分立：审计管理员不能与亩均办由同一人兼任。"]
    assert [post.role for post in clerk.posts.all()] == [Role.PER_MU]


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"username": "clerk", "name": "另一人"}, {"username": ["该用户名已经登记过，请核对。"]}),
        ({"username": "Clerk", "name": "另一人"}, {"username": ["用户名由小写字母、数字、下划线组成，以字母开头，3 至 30 位。"]}),
        ({"username": "wangmin", "name": ""}, {"name": ["请填写。"]}),
    ],
)
def test_a_bad_registration_is_told_on_the_form(client, sysadmin, clerk, fields, errors):
    client.force_login(sysadmin)
    response = client.post(reverse("accounts:propose"), fields)
    assert (response.status_code, response.context["form"].errors) == (200, errors)
    assert User.objects.count() == 2


def test_organisations_form_a_tree(client, sysadmin):
    client.force_login(sysadmin)
    client.post(reverse("accounts:organisations"), {"name": "缙云县人民政府"})
    county = Organisation.objects.get()
    client.post(reverse("accounts:organisations"), {"name": "县亩均办", "parent": county.pk})
    assert {(body.name, body.parent) for body in Organisation.objects.all()} == {("缙云县人民政府", None), ("县亩均办", county)}
    assert [act for act, *_ in journalled()] == ["登记单位"] * 2


ACTS = {
    "grant_post": ("授予岗位", lambda actor, clerk: services.grant_post(user=clerk, role=Role.LEADER, start=clock.today(), actor=actor)),
    "end_post": ("终止岗位", lambda actor, clerk: services.end_post(post=clerk.posts.get(), actor=actor)),
    "deactivate": ("停用人员", lambda actor, clerk: services.deactivate(user=clerk, actor=actor)),
    "reset_password": ("重置密码", lambda actor, clerk: services.reset_password(user=clerk, actor=actor)),
    "unlock": ("解除锁定", lambda actor, clerk: services.unlock(user=clerk, actor=actor)),
    "end_sessions": ("终止会话", lambda actor, clerk: services.end_sessions(user=clerk, actor=actor)),
}


@pytest.mark.parametrize("name", ACTS)
def test_the_security_administrator_acts_and_the_journal_knows(secadmin, clerk, name):
    act, carry_out = ACTS[name]
    carry_out(Actor.of(secadmin), clerk)
    assert journalled() == [(act, "secadmin", "clerk（clerk）")]


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_nobody_else_acts(clerk, name, role):
    other = make.person("other", role)
    with pytest.raises(Refused, match="^您的岗位没有这项权限。$"):
        ACTS[name][1](Actor.of(other), clerk)
    assert journalled() == []


@pytest.mark.parametrize("name", ACTS)
def test_nobody_acts_on_himself(secadmin, name):
    with pytest.raises(Refused, match="^不能办理本人的账号和岗位。$"):
        ACTS[name][1](Actor.of(secadmin), secadmin)
    secadmin.refresh_from_db()
    assert (secadmin.is_active, secadmin.session_epoch, secadmin.posts.get().end) == (True, 0, None)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMIN])
def test_only_the_system_administrator_registers(role):
    actor = Actor.of(make.person("other", role))
    with pytest.raises(Refused):
        services.propose_user(username="wangmin", name="王敏", actor=actor)
    with pytest.raises(Refused):
        services.add_organisation(name="县亩均办", actor=actor)
    assert (User.objects.count(), Organisation.objects.count(), journalled()) == (1, 0, [])


def test_an_administrator_whose_term_is_over_does_nothing(clerk):
    former = make.person("former", Role.SECURITY_ADMIN, end=clock.today() - dt.timedelta(days=1))
    with pytest.raises(Refused):
        services.deactivate(user=clerk, actor=Actor.of(former))


def test_a_refusal_is_told_on_the_persons_page(client, secadmin, clerk):
    client.force_login(secadmin)
    response = client.post(path("activate", clerk), follow=True)
    assert [str(message) for message in response.context["messages"]] == ["该人员已经启用。"]


def test_a_name_is_taken_once():
    services.propose_user(username="wangmin", name="王敏", actor=Actor.system("测试"))
    with pytest.raises(ValidationError):
        services.propose_user(username="wangmin", name="王敏", actor=Actor.system("测试"))


@pytest.mark.parametrize(
    ("words", "names"), [("", {"sysadmin", "clerk", "陈晓"}), ("陈", {"陈晓"}), ("chenx", {"陈晓"}), ("亩均", {"陈晓"})]
)
def test_the_list_is_searched_by_name_user_name_and_organisation(client, sysadmin, clerk, words, names):
    office = services.add_organisation(name="县亩均办", actor=Actor.system("测试"))
    services.propose_user(username="chenx", name="陈晓", organisation=office, actor=Actor.system("测试"))
    client.force_login(sysadmin)
    table = client.get(reverse("accounts:people"), {"q": words}).context["table"]
    assert {row.record.name for row in table.rows} == names


def test_the_list_takes_the_same_queries_for_one_and_for_many(client, sysadmin, django_assert_num_queries):
    client.force_login(sysadmin)
    for extra in (0, 1, 3):
        for number in range(extra):
            make.person(f"park{extra}{number}", Role.PARK, platform=make.platform())
        with django_assert_num_queries(6):
            client.get(reverse("accounts:people"))
