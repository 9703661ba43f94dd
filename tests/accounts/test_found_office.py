"""The first three administrators of a new installation."""

import json

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.choices import Role
from apps.accounts.models import User
from apps.journal.models import JournalEntry

pytestmark = pytest.mark.django_db
THREE = ["zhangwei=张伟", "lina=李娜", "wangfang=王芳"]


def test_it_appoints_three_people_with_one_time_passwords(capsys):
    call_command("found_office", *THREE, "--json")
    passwords = json.loads(capsys.readouterr().out)["passwords"]
    people = {user.username: user for user in User.objects.all()}
    assert {name: (user.name, user.role, user.must_change_password) for name, user in people.items()} == {
        "zhangwei": ("张伟", Role.SYSTEM_ADMIN, True),
        "lina": ("李娜", Role.SECURITY_ADMIN, True),
        "wangfang": ("王芳", Role.AUDIT_ADMIN, True),
    }
    assert {name: people[name].check_password(password) for name, password in passwords.items()} == dict.fromkeys(people, True)
    assert set(JournalEntry.objects.values_list("post", "channel")) == {("found_office", "系统")}


def test_it_prints_them_for_people(capsys):
    call_command("found_office", *THREE)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["zhangwei", "lina", "wangfang"]


def test_it_runs_once(capsys):
    call_command("found_office", *THREE)
    with pytest.raises(SystemExit) as stopped:
        call_command("found_office", "a01=甲", "b01=乙", "c01=丙")
    assert stopped.value.code == 1
    assert "已有管理员，首批管理员只能建立一次。" in capsys.readouterr().err
    assert User.objects.count() == 3


@pytest.mark.parametrize("people", [["zhangwei", *THREE[1:]], ["Zhang=张伟", *THREE[1:]], ["lina=张伟", *THREE[1:]]])
def test_wrong_use_appoints_nobody(people):
    with pytest.raises(CommandError) as stopped:
        call_command("found_office", *people)
    assert stopped.value.returncode == 2
    assert User.objects.count() == 0
