"""Posts: granted for a term and a scope, chosen for a session, over on their day (reliability.md B4)."""

import datetime as dt
from itertools import product

import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.choices import ADMINISTRATORS, Role
from apps.accounts.models import Post, User
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.journal.models import JournalEntry
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 10, 15)
SYSTEM = Actor.system("测试")


@pytest.fixture(autouse=True)
def office_day(settings):
    settings.OFFICE_TODAY = TODAY


def scope_of(role):
    """Return a scope that fits `role`."""
    return {
        Role.PARK: lambda: {"platform": make.platform()},
        Role.TOWN: lambda: {"town": make.town()},
        Role.CHAIN_CHIEF: lambda: {"industry": make.industry()},
        Role.CHAIN_OFFICE: lambda: {"industry": make.industry()},
        Role.REPORTER: lambda: {"data_items": ["tax"]},
    }.get(role, dict)()


def grant(user, role, start=TODAY, **values):
    return services.grant_post(user=user, role=role, start=start, actor=values.pop("actor", SYSTEM), **{**scope_of(role), **values})


def fresh(user):
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize(("held", "role"), list(product(Role, Role)))
def test_three_administrators_exclude_each_other_and_all_business(held, role):
    user = make.person("someone")
    grant(user, held)
    if held == role:
        message = f"任期内已有岗位：{user.posts.get()}。"
    elif {held, role} & ADMINISTRATORS:
        message = f"三员分立：{role.label}不能与{held.label}由同一人兼任。"
    else:
        grant(user, role)
        assert [post.role for post in user.posts.all()] == [held, role]
        return
    with pytest.raises(Refused, match=f"^{message}$"):
        grant(user, role)
    assert [post.role for post in user.posts.all()] == [held]


def test_an_administrator_may_take_up_business_when_his_term_is_over():
    user = make.person("someone")
    admin = grant(user, Role.SYSTEM_ADMIN, start=dt.date(2020, 1, 1))
    services.end_post(post=admin, actor=SYSTEM)
    grant(user, Role.PER_MU)
    assert fresh(user).role == Role.PER_MU


@pytest.mark.parametrize(
    ("start", "end", "held"),
    [
        (dt.date(2021, 1, 1), None, [Role.PER_MU]),
        (TODAY, None, [Role.PER_MU]),
        (TODAY + dt.timedelta(1), None, []),
        (dt.date(2021, 1, 1), TODAY - dt.timedelta(1), []),
        (dt.date(2021, 1, 1), TODAY, []),  # over on its end day
        (dt.date(2021, 1, 1), TODAY + dt.timedelta(1), [Role.PER_MU]),
    ],
)
def test_a_post_is_held_within_its_term(start, end, held):
    user = make.person("someone")
    make.enterprise()
    grant(user, Role.PER_MU, start=start, end=end)
    user = fresh(user)
    assert [post.role for post in user.posts_held] == held
    assert user.role == (held[0] if held else None)
    assert user.may("add", "enterprises") is bool(held)
    assert user.reach().nobody is not bool(held)


@pytest.mark.parametrize(
    ("role", "values", "message"),
    [
        (Role.PARK, {"platform": None}, "园区管理员岗位必须指定平台。"),
        (Role.TOWN, {"town": None}, "乡镇街道岗位必须指定乡镇街道。"),
        (Role.CHAIN_CHIEF, {"industry": None}, "链长岗位必须指定产业。"),
        (Role.CHAIN_OFFICE, {"industry": None}, "链办岗位必须指定产业。"),
        (Role.REPORTER, {"data_items": []}, "部门报送员岗位必须指定数据项。"),
        (Role.REPORTER, {"data_items": ["gossip"]}, "没有这样的数据项。"),
        (Role.PER_MU, {"data_items": ["tax"]}, "亩均办岗位不指定范围。"),
        (Role.PARK, {"data_items": ["tax"]}, "园区管理员岗位只能指定平台。"),
        (Role.PER_MU, {"end": TODAY}, "离任日期应晚于任职日期。"),
    ],
)
def test_a_post_that_makes_no_sense_is_refused(role, values, message):
    user = make.person("someone")
    with pytest.raises(Refused, match=f"^{message}$"):
        grant(user, role, **values)
    assert not Post.objects.exists()


def test_ending_a_post_takes_effect_at_once_and_only_once():
    user = make.person("someone")
    ended = services.end_post(post=grant(user, Role.PER_MU), actor=SYSTEM)
    assert (ended.start, ended.end, fresh(user).posts_held) == (TODAY, TODAY, [])
    with pytest.raises(Refused, match="^该岗位届时已经结束。$"):
        services.end_post(post=ended, actor=SYSTEM)


def test_a_post_cannot_end_before_it_began():
    post = grant(make.person("someone"), Role.PER_MU)
    with pytest.raises(Refused, match="^离任日期不能早于任职日期。$"):
        services.end_post(post=post, end=TODAY - dt.timedelta(1), actor=SYSTEM)


def test_the_same_role_in_two_scopes_is_two_posts():
    user = make.person("someone")
    grant(user, Role.CHAIN_CHIEF)
    grant(user, Role.CHAIN_CHIEF, industry=make.industry("健康医疗"))
    assert [str(post) for post in user.posts.all()] == ["链长（现代装备）", "链长（健康医疗）"]


class TestChoice:
    """The plan's 现代装备 chief is also 丽缙园常务副主任: he acts in one of the two."""

    @pytest.fixture
    def chief(self, client):
        chief = make.person("chief", Role.CHAIN_CHIEF, industry=make.industry())
        Post.objects.create(user=chief, role=Role.PARK, platform=make.platform(), start=dt.date(2019, 1, 1))
        client.force_login(chief)
        return chief

    @staticmethod
    def act_in(client, value):
        return client.post(reverse("accounts:act"), {"post": value})

    @staticmethod
    def acting(client):
        return client.get(reverse("accounts:profile")).context["user"].acting_label

    def test_he_starts_in_the_post_given_first(self, client, chief):
        assert self.acting(client) == "链长（现代装备）"

    def test_the_chosen_post_stays_for_the_session_and_is_recorded(self, client, chief, journal):
        key = client.session.session_key
        assert self.act_in(client, chief.posts.get(role=Role.PARK).pk).status_code == 302
        assert self.acting(client) == "园区管理员（丽缙园）"
        assert client.session.session_key != key
        entry = JournalEntry.objects.get(act="切换岗位")
        assert (entry.post, entry.target, entry.detail) == ("园区管理员（丽缙园）", "chief（chief）", {"post": "园区管理员（丽缙园）"})

    @pytest.mark.parametrize("which", ["of_another", "over", "missing", "text", "nothing"])
    def test_only_an_own_post_in_force_can_be_chosen(self, client, chief, which):
        of_another = make.person("leader", Role.LEADER).posts.get()
        over = Post.objects.create(user=chief, role=Role.LEADER, start=dt.date(2019, 1, 1), end=TODAY)
        value = {"of_another": of_another.pk, "over": over.pk, "missing": 9999, "text": "leader", "nothing": ""}[which]
        assert self.act_in(client, value).status_code == 404
        assert self.acting(client) == "链长（现代装备）"
        assert not JournalEntry.objects.filter(act="切换岗位").exists()

    @pytest.mark.parametrize("chosen", [True, False], ids=["changed to", "of the sign-in"])
    def test_a_post_that_ends_ends_the_session(self, client, chief, settings, journal, chosen):
        """It never goes on in the other post: changing post is an act of the person, under a new key and in the journal."""
        post = chief.posts.filter(role=Role.PARK if chosen else Role.CHAIN_CHIEF)
        if chosen:
            self.act_in(client, post.get().pk)
        label = str(post.get())
        post.update(end=TODAY + dt.timedelta(1))
        assert self.acting(client) == label
        settings.OFFICE_TODAY = TODAY + dt.timedelta(1)
        me = reverse("accounts:profile")
        assert client.get(me).url == f"{reverse('accounts:sign-in')}?next={me}"
        assert journal()[-1] == ("会话终止", "chief", "成功")
        assert "本次登录所在的岗位已到期" in client.get(reverse("accounts:sign-in")).content.decode()
        client.force_login(User.objects.get(pk=chief.pk))
        assert self.acting(client) == ("链长（现代装备）" if chosen else "园区管理员（丽缙园）")

    def test_an_administrator_whose_term_ends_does_not_wake_in_the_ledgers(self, client, settings):
        tomorrow = TODAY + dt.timedelta(1)
        person = make.person("sec", Role.SECURITY_ADMIN)
        person.posts.update(end=tomorrow)
        Post.objects.create(user=person, role=Role.PER_MU, start=tomorrow)
        client.force_login(person)
        assert client.get(reverse("accounts:people")).status_code == 200
        settings.OFFICE_TODAY = tomorrow
        assert client.get(reverse("ledger:list", args=["enterprises"])).url.startswith(reverse("accounts:sign-in"))

    def test_who_has_no_post_signs_in_and_is_asked_again_when_one_begins(self, client, settings):
        person = make.person("postless")
        Post.objects.create(user=person, role=Role.PER_MU, start=TODAY + dt.timedelta(1))
        client.force_login(person)
        assert self.acting(client) == "无岗位"
        settings.OFFICE_TODAY = TODAY + dt.timedelta(1)
        assert client.get(reverse("accounts:profile")).status_code == 302

    def test_choosing_takes_a_post_and_a_sign_in(self, client, chief):
        assert client.get(reverse("accounts:act")).status_code == 405
        client.logout()
        assert self.act_in(client, chief.posts.first().pk).url.startswith(reverse("accounts:sign-in"))
