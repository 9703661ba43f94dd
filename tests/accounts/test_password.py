"""A one-time or old password opens nothing but the page that replaces it (reliability.md A1, A2)."""

import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.choices import Role
from apps.accounts.models import User
from apps.core.actor import Actor
from tests.accounts.conftest import PASSWORD
from tests.factories import person
from tests.routes import every_path, not_led_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(client, clerk):
    services.set_password(user=clerk, password=PASSWORD, must_change=True)
    client.force_login(clerk)
    return clerk


def change(client, new, old=PASSWORD, again=None):
    fields = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post(reverse("accounts:password"), fields)


def test_every_page_leads_to_the_password_page(client, newcomer):
    password_page = reverse("accounts:password")
    assert {reverse("accounts:people"), reverse("workbench:home"), reverse("accounts:grant", args=[1])} < set(every_path())
    assert not_led_to(password_page, client, "get", "post") == set()


def test_a_script_is_told_too(client, newcomer):
    response = client.get(reverse("workbench:home"), headers={"Accept": "application/json"})
    assert (response.status_code, response.json()) == (403, {"message": "请先修改密码。"})


def test_after_the_change_everything_opens(client, newcomer, journal):
    assert change(client, "Water-Hill-77").status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert journal()[-1] == ("修改密码", "clerk（clerk）", "成功")
    newcomer.refresh_from_db()
    assert (newcomer.must_change_password, newcomer.check_password("Water-Hill-77")) == (False, True)


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"old": "Wrong-2021!", "new": "Water-Hill-77"}, {"old_password": ["原密码不正确。"]}),
        ({"new": "Water-Hill-77", "again": "Water-Hill-78"}, {"new_password2": ["两次输入的新密码不一致。"]}),
        ({"new": "Short-7"}, {"new_password2": ["密码至少 10 个字符。"]}),
        ({"new": "Clerk-Water-77"}, {"new_password2": ["密码不能包含用户名。"]}),
        ({"new": "Dragon-2021-08"}, {"new_password2": ["这个密码太常见，容易被猜到。"]}),
    ],
)
def test_a_bad_change_changes_nothing(client, newcomer, fields, errors):
    before = newcomer.password
    response = change(client, **fields)
    assert (response.status_code, response.context["form"].errors) == (200, errors)
    newcomer.refresh_from_db()
    assert newcomer.password == before


def test_the_last_five_passwords_do_not_come_back(client, newcomer):
    used = [f"Water-Hill-7{n}" for n in range(5)]
    for old, new in zip([PASSWORD, *used], used, strict=False):
        assert change(client, new, old=old).status_code == 302
    for word in used:
        assert change(client, word, old=used[-1]).context["form"].errors == {"new_password2": ["不能使用最近 5 次用过的密码。"]}
    assert newcomer.past_passwords.count() == 5
    assert change(client, "Quiet-River-66", old=used[-1]).status_code == 302
    assert change(client, used[0], old="Quiet-River-66").status_code == 302


def test_the_asvs_profile_keeps_no_history_and_does_not_rotate(settings, client, clerk, later):
    settings.PASSWORD_PROFILE = "asvs"
    client.force_login(clerk)
    for old, new in [(PASSWORD, "quiet water and hills"), ("quiet water and hills", "quiet water and hills")]:
        assert change(client, new, old=old).status_code == 302
    assert clerk.past_passwords.count() == 0
    later(days=4000)
    assert not User.objects.get(pk=clerk.pk).password_is_due


def test_a_password_is_due_after_90_days(clerk, later):
    services.set_password(user=clerk, password=PASSWORD)
    later(days=89)
    assert not clerk.password_is_due
    later(days=91)
    assert clerk.password_is_due


def test_people_of_the_sample_are_exempt(clerk, later):
    clerk.is_sample = clerk.must_change_password = True
    later(days=91)
    assert not clerk.password_is_due


def test_a_one_time_password_is_random_good_and_kept_only_as_a_hash(secadmin, clerk, later):
    actor = Actor.of(secadmin)
    first, second = (services.reset_password(user=clerk, actor=actor) for _ in range(2))
    clerk.refresh_from_db()
    assert first != second
    assert len(first) == 17
    assert (clerk.check_password(first), clerk.check_password(second), clerk.must_change_password) == (False, True, True)
    later(days=6)
    assert not clerk.one_time_password_lapsed
    later(days=7, minutes=1)
    assert clerk.one_time_password_lapsed


def test_a_password_of_the_former_profile_is_changed_at_the_next_sign_in(settings, sign_in, client, clerk):
    """PASSWORD_PROFILE was switched: what was long enough is not any more, and only the sign-in can see it."""
    assert sign_in("clerk").url == reverse("workbench:home")
    assert client.get(reverse("workbench:home")).status_code == 200
    client.logout()
    settings.PASSWORD_PROFILE = "asvs"
    sign_in("clerk")
    assert client.get(reverse("workbench:home")).url == reverse("accounts:password")
    answer = client.get("/api/ledgers/enterprises/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (403, {"message": "密码不符合现行要求，请先修改密码。"})
    assert change(client, "quiet water and hills", old=PASSWORD).status_code == 302
    assert client.get(reverse("workbench:home")).status_code == 200


@pytest.mark.parametrize("profile", ["dengbao", "asvs"])
def test_a_one_time_password_is_not_kept(settings, client, newcomer, profile):
    """Under the profile without a history, too: who handed it out knows it (A1, ASVS 5.0 6.4.1)."""
    settings.PASSWORD_PROFILE = profile
    password = services.reset_password(user=newcomer, actor=Actor.system("测试"))
    newcomer.refresh_from_db()
    client.force_login(newcomer)
    refused = change(client, password, old=password)
    assert refused.context["form"].errors["new_password1"] == ["新密码不能与一次性密码相同。"]
    newcomer.refresh_from_db()
    assert newcomer.must_change_password
    assert change(client, "Quiet-Water-and-Hills-77", old=password).status_code == 302


def test_the_first_password_comes_with_the_first_sign_in(sign_in, client):
    user = person("newcomer", Role.PER_MU)
    password = services.reset_password(user=user, actor=Actor.system("测试"))
    assert sign_in("newcomer", password).status_code == 302
    assert client.get(reverse("accounts:profile")).url == reverse("accounts:password")
    assert change(client, "Water-Hill-77", old=password).status_code == 302
    client.logout()
    assert sign_in("newcomer", password).status_code == 200
    assert sign_in("newcomer", "Water-Hill-77").status_code == 302
