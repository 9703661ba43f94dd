"""The sample people: who they are, and that everyone printed can sign in."""

import json
import stat

from django.core.management import call_command
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.rules import classes_used
from apps.core.actor import Actor
from apps.sample.services import load_sample, sign_ins
from tests import factories

ACTOR = Actor.system("load_sample")
USERNAMES = (
    "sysadmin secadmin auditor permu permu2 park_lijin park_kaifaqu town_huzhen dept_tax dept_stats dept_check natural natural2 "
    "chief_equipment chief_chain office_equipment evaluator evaluator2 supervisor approver leader"
)


def printed(capsys):
    """Return user name -> password as `manage.py sign_ins` prints them."""
    call_command("sign_ins")
    address, *lines = capsys.readouterr().out.splitlines()
    assert address == "http://127.0.0.1:8000/"
    return dict(line.split()[:2] for line in lines)


def can_sign_in(client, username, password):
    client.logout()
    answer = client.post(reverse("accounts:sign-in"), {"username": username, "password": password})
    return answer.status_code == 302 and int(client.session["_auth_user_id"]) == User.objects.get(username=username).pk


def test_everyone_printed_signs_in_after_a_second_run(sample, client, capsys):
    first = printed(capsys)
    load_sample(actor=ACTOR)
    lines = printed(capsys)
    assert lines == first
    assert " ".join(lines) == USERNAMES
    assert {username for username, password in lines.items() if not can_sign_in(client, username, password)} == set()


def test_passwords_are_strong_and_all_different(sample):
    passwords = [line["password"] for line in sign_ins()]
    assert len(set(passwords)) == 21
    assert all(len(password) >= 12 and classes_used(password) >= 3 for password in passwords)


def test_the_file_is_the_owners_alone(sample):
    (sample / "sign-ins.txt").unlink()
    load_sample(actor=ACTOR)
    assert stat.S_IMODE((sample / "sign-ins.txt").stat().st_mode) == 0o600


def test_a_lost_file_is_written_again_with_new_passwords(sample, client, capsys):
    before = printed(capsys)
    (sample / "sign-ins.txt").unlink()
    load_sample(actor=ACTOR)
    after = printed(capsys)
    assert list(after) == list(before)
    assert set(after.values()) & set(before.values()) == set()
    assert can_sign_in(client, "permu", after["permu"])
    assert not can_sign_in(client, "permu", before["permu"])


def test_a_file_of_another_database_counts_as_lost(sample, client, capsys):
    path = sample / "sign-ins.txt"
    path.write_text(path.read_text().replace("20", "19"))
    load_sample(actor=ACTOR)
    assert can_sign_in(client, "leader", printed(capsys)["leader"])


def test_a_password_its_owner_changed_stays(sample, client, capsys):
    user = User.objects.get(username="natural")
    accounts.change_password(user=user, password="My-own-words-2021", actor=Actor.of(user))
    load_sample(actor=ACTOR)
    assert printed(capsys)["natural"] == "（本人已修改）"
    assert can_sign_in(client, "natural", "My-own-words-2021")


def test_an_account_of_the_office_with_the_same_name_is_left_alone(sample, capsys):
    User.objects.filter(username="evaluator2").update(is_sample=False)
    load_sample(actor=ACTOR)
    assert "evaluator2" not in printed(capsys)
    assert not User.objects.get(username="evaluator2").is_sample


def test_the_posts(sample):
    posts = {line["username"]: line["post"] for line in sign_ins()}
    assert posts["chief_equipment"] == "链长（现代装备）、园区管理员（丽缙园）"
    assert posts["park_lijin"] == "园区管理员（丽缙园）"
    assert posts["park_kaifaqu"] == "园区管理员（开发区）"
    assert posts["town_huzhen"] == "乡镇街道（壶镇镇）"
    assert posts["dept_tax"] == "部门报送员（税收）"
    assert posts["dept_stats"] == "部门报送员（统计、研发、用电用能）"
    assert posts["dept_check"] == "部门报送员（审核）"
    assert posts["office_equipment"] == "链办（现代装备）"


def test_the_command_prints_one_document(sample, capsys):
    call_command("sign_ins", as_json=True, address="http://127.0.0.1:9000/")
    document = json.loads(capsys.readouterr().out)
    assert document == {"address": "http://127.0.0.1:9000/", "sign_ins": sign_ins()}


def test_sample_people_need_not_change_their_password(sample):
    assert not any(user.password_is_due for user in User.objects.filter(is_sample=True))


def test_a_person_of_the_office_is_not_printed(sample):
    factories.person("zhang")
    assert "zhang" not in {line["username"] for line in sign_ins()}
