"""Passwords, exclusions, scopes and terms, as tables (reliability.md section 4: A2, B4)."""

import datetime as dt
from itertools import product

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.accounts.choices import ADMINISTRATORS, Role
from apps.accounts.models import User
from apps.accounts.rules import (
    PROFILES,
    classes_used,
    exclude_each_other,
    password_problems,
    repeats_itself,
    scope_problem,
    terms_overlap,
)

# password: good under 等保, good under ASVS; the person's user name is "wangmin"
PASSWORDS = {
    "": (False, False),
    "Ab1!": (False, False),
    "Ab1!Ab1!": (False, False),
    "Xk9!mQ2zR": (False, False),  # 9 characters
    "Xk9!mQ2zRt": (True, False),  # 10 characters, 4 classes
    "xk9!mq2zrt": (True, False),  # 10 characters, 3 classes
    "XK9!MQ2ZRT": (True, False),
    "Xk9vmQ2zRt": (True, False),
    "Xkl!mQpzRt": (True, False),
    "xkwqmqpzrt": (False, False),  # 1 class
    "xkwqmqpzr7": (False, False),  # 2 classes
    "XKWQMQPZRt": (False, False),
    "7391846205": (False, False),
    "!@#$%^&*()": (False, False),
    "密码要长一点Ab": (False, False),  # 8 characters
    "缙云好溪水门长Ab1": (True, False),
    "wangmin-7A": (False, False),
    "A7-WangMin": (False, False),
    "A7-wang-min": (True, False),
    "Abc-1Abc-1": (False, False),
    "Abc-1Abc-2": (True, False),
    "aaaaaaaaaaaaaaa": (False, False),
    "Password123": (False, False),  # common
    "P@ssw0rd123": (False, False),  # common
    "qwertyuiopasdfg": (False, True),
    "Xk9!mQ2zRtXk9!": (True, False),  # 14 characters
    "Xk9!mQ2zRtXk9!m": (True, True),  # 15 characters; no whole repetition
    "xianjuxianglian": (False, True),
    "correct horse battery staple": (False, True),
    "Correct horse battery staple": (True, True),
    "wangmin correct horse battery": (False, False),
    "1q2w3e4r5t6y7u8i9o0p": (False, False),  # common
    "Dragon-2021-08": (False, False),  # common, with a date hung on
    "Jinyun-2021!": (False, False),  # the county, with a year hung on
    "缙云县-2021-Abc": (True, False),
    "123456789012345678901234": (False, True),
    "123456781234567812345678": (False, False),
    "mountain-river-绿水青山": (False, True),
    "Mountain-river-绿水青山": (True, True),
    "Zx7-" * 16: (False, False),
    "Zx7-" + "lange-woorden" * 5: (True, True),  # 69 characters: nothing is cut off
}


def accepted(password):
    try:
        validate_password(password, User(username="wangmin"))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(("password", "verdicts"), PASSWORDS.items())
def test_passwords_under_both_profiles(settings, password, verdicts):
    found = []
    for settings.PASSWORD_PROFILE in ("dengbao", "asvs"):
        found.append(accepted(password))
    assert tuple(found) == verdicts


def test_every_problem_is_told_at_once():
    assert password_problems("zhangsan", "zhangsan", PROFILES["dengbao"]) == [
        "密码至少 10 个字符。",
        "密码应含大写字母、小写字母、数字、其他字符中的至少 3 类。",
        "密码不能包含用户名。",
    ]


def test_profiles_are_those_of_the_checklist():
    facts = {code: (p.min_length, p.classes, p.history, p.max_age) for code, p in PROFILES.items()}
    assert facts == {"dengbao": (10, 3, 5, 90), "asvs": (15, 0, 0, 0)}


@pytest.mark.parametrize(("text", "count"), [("", 0), ("ab", 1), ("aB", 2), ("aB1", 3), ("aB1 ", 4), ("绿水", 1)])
def test_classes_used(text, count):
    assert classes_used(text) == count


@pytest.mark.parametrize(
    ("text", "verdict"), [("", False), ("a", False), ("aa", True), ("abab", True), ("aba", False), ("abcabcab", False)]
)
def test_repeats_itself(text, verdict):
    assert repeats_itself(text) is verdict


@pytest.mark.parametrize(("role", "other"), list(product(Role, Role)))
def test_administrators_exclude_every_other_role(role, other):
    assert exclude_each_other(role, other) is (role != other and bool({role, other} & ADMINISTRATORS))


@pytest.mark.parametrize("role", Role)
def test_a_role_takes_exactly_its_scope(role):
    scopes = {"platform": object(), "town": object(), "industry": object(), "data_items": ["tax"]}
    fitting = {
        Role.PARK: {"platform"},
        Role.TOWN: {"town"},
        Role.CHAIN_CHIEF: {"industry"},
        Role.CHAIN_OFFICE: {"industry"},
        Role.REPORTER: {"data_items"},
    }
    taken = {name for name, value in scopes.items() if scope_problem(role, {name: value}) is None}
    assert taken == fitting.get(role, set())
    assert (scope_problem(role, {}) is None) is (role not in fitting)
    assert scope_problem(role, scopes) is not None


def test_a_reporter_reports_known_items_only():
    assert scope_problem(Role.REPORTER, {"data_items": ["tax", "gossip"]}) == "没有这样的数据项。"


D = [dt.date(2021, 1, day) for day in range(1, 6)]


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ((D[0], None), (D[3], None), True),
        ((D[0], D[2]), (D[2], None), False),  # over on its end day
        ((D[0], D[2]), (D[1], D[4]), True),
        ((D[1], D[1]), (D[0], None), False),  # ended before it began
        ((D[0], D[4]), (D[1], D[2]), True),
        ((D[3], D[4]), (D[0], D[1]), False),
    ],
)
def test_terms_overlap_both_ways(one, other, verdict):
    assert (terms_overlap(*one, *other), terms_overlap(*other, *one)) == (verdict, verdict)
