"""Every personal field is known with purpose, term and readers, and a person may ask what is held (reliability.md F5)."""

import re

import pytest
from django.apps import apps
from django.conf import settings as project
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.models import Post, User
from apps.accounts.personal import HELD
from apps.journal.models import JournalEntry
from tests import factories
from tests.commands import run

LABELS = re.compile(r"姓名|联系人|电话|手机|邮箱|身份证|生日|领导|用户名|人$|来源地址|IP|User Agent|专员|链长|负责")
NAMES = re.compile(r"^(username|user_agent|ip_address|actor|contact|leader|.*(phone|mobile|email|birth).*)$")


def looks_personal(field):
    """Say whether a field, by its kind, name or label, may hold data of a person; who wrote a row lies in the history models."""
    return field.related_model in (User, Post) or bool(LABELS.search(str(field.verbose_name)) or NAMES.match(field.name or ""))


def personal_fields():
    """Return "app.Model.field" of every such field; a history model repeats its record's and who wrote it."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model.__name__.startswith("Historical")]
    return {f"{model._meta.label}.{field.name}" for model in models for field in model._meta.concrete_fields if looks_personal(field)}


def test_every_personal_field_stands_in_the_inventory():
    fields = [held.field for held in HELD]
    assert personal_fields() - set(fields) == set()
    assert len(fields) == len(set(fields))
    known = [apps.get_model(field.rpartition(".")[0])._meta.get_field(field.rpartition(".")[2]) for field in fields]
    assert len(known) == len(fields)


def test_a_new_one_would_be_noticed():
    from django.db import models

    assert looks_personal(models.CharField("联系电话", max_length=20))
    phone = models.CharField("号码", max_length=20)
    phone.name = "home_phone"
    assert looks_personal(phone)
    assert not looks_personal(models.CharField("宗地编号", max_length=20))


def test_the_page_for_people_says_the_same():
    text = (project.BASE_DIR / "docs" / "personal-data.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in text.splitlines() if line.startswith("| `")]
    assert rows == [(held.field, held.what, held.why, held.kept, held.seen) for held in HELD]


@pytest.mark.django_db
def test_a_person_is_told_what_is_held_and_the_question_is_journalled(client):
    factories.person("auditor", Role.AUDIT_ADMIN)
    clerk = factories.person("clerk", Role.PER_MU)
    User.objects.filter(pk=clerk.pk).update(name="张三")
    client.force_login(clerk)
    firm = factories.enterprise("甲厂", contact="张三")
    code, told = run("personal_data", "clerk", "--as", "auditor")
    found = {line["field"]: (line["count"], line["rows"]) for line in told["held"]}
    assert (code, told["account"]["姓名"]) == (0, "张三")
    assert found["accounts.Post.user"] == (1, [str(clerk.posts.get().pk)])
    assert found["enterprises.Enterprise.contact"] == (1, [str(firm.pk)])
    assert found["journal.JournalEntry.user"][0] == 1
    entry = JournalEntry.objects.latest("seq")
    assert (entry.act, entry.actor, entry.target) == ("个人信息查询", "auditor", "clerk")
    assert "甲厂" not in str(told)


@pytest.mark.django_db
def test_somebody_without_an_account_may_ask_too_and_a_clerk_may_not():
    factories.person("auditor", Role.AUDIT_ADMIN)
    factories.person("clerk", Role.PER_MU)
    factories.enterprise("甲厂", contact="李四")
    code, told = run("personal_data", "李四", "--as", "auditor")
    assert (code, told["account"], [line["field"] for line in told["held"]]) == (0, None, ["enterprises.Enterprise.contact"])
    assert run("personal_data", "王五", "--as", "auditor")[1]["message"] == "系统中没有“王五”的信息。"
    assert run("personal_data", "李四", "--as", "clerk")[0] == 1


@pytest.mark.django_db
def test_an_address_may_be_asked_for_where_addresses_are_kept(client):
    """A name is no address: PostgreSQL refuses to look for one among addresses (the two tests above)."""
    factories.person("auditor", Role.AUDIT_ADMIN)
    client.post(reverse("accounts:sign-in"), {"username": "nobody", "password": "guessed"}, REMOTE_ADDR="192.0.2.7")
    code, told = run("personal_data", "192.0.2.7", "--as", "auditor")
    fields = ["axes.AccessAttempt.ip_address", "axes.AccessFailureLog.ip_address", "journal.JournalEntry.address"]
    assert (code, [(line["field"], line["count"]) for line in told["held"]]) == (0, [(field, 1) for field in fields])
