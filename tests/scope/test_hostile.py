"""T34, T35: what a person may not ask or write is not applied, whatever he sends."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.ledger import registry
from tests.standing import taken_back

pytestmark = [pytest.mark.deep, pytest.mark.django_db]
LEDGERS = [pytest.param(ledger, id=ledger.code) for ledger in registry.all()]
LOOKUPS = ("startswith", "icontains", "gt", "isnull", "in", "regex", "exact")
FOREIGN = {
    "_connector": "OR",
    "_negated": "1",
    "password__startswith": "pbkdf2",
    "history__history_user__password__startswith": "pbkdf2",
    "enterprise__platform__posts__user__password__startswith": "pbkdf2",
    "platform__posts__user__password__startswith": "pbkdf2",
    "pk__in": "0",
    "id": "0",
    "order_by": "password",
    "ordering": "password",
}


def reader_of(ledger):
    """Return the post that reads all of a ledger: mappings are an office's own, and only the per-mu office reads every one."""
    return Role.PER_MU if ledger.code == "column-mappings" else Role.LEADER


def asked_for(page):
    return [row.record.pk for row in page.context["table"].rows]


def every_period(ledger):
    return dict.fromkeys(ledger.period, "") | {"archived": "all"}


def hidden_look_ups(ledger):
    """Return look-ups over every field of the model, and one relation further, that no declared filter offers."""
    declared = set(ledger.filterset_class.base_filters)
    paths = [field.name for field in ledger.model._meta.fields]
    paths += [
        f"{field.name}__{far.name}"
        for field in ledger.model._meta.fields
        if field.related_model
        for far in field.related_model._meta.fields
    ]
    given = {f"{path}__{lookup}": "绝不" for path in paths for lookup in LOOKUPS} | dict.fromkeys(paths, "绝不")
    return {name: value for name, value in given.items() if name not in declared}


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_list_applies_only_declared_filters(county, ledger):
    client, url = county.client(reader_of(ledger)), reverse("ledger:list", args=[ledger.code])
    plain = asked_for(client.get(url, every_period(ledger)))
    assert len(plain) == 2  # both halves: what is applied would be seen
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(url, every_period(ledger) | FOREIGN | hidden_look_ups(ledger))
    assert asked_for(page) == plain
    assert page.context["words"][:1] == [("归档", "全部（含已归档）")]
    assert [query["sql"] for query in queries if "绝不" in query["sql"] or "pbkdf2" in query["sql"]] == []


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_list_sorts_by_its_columns_only(county, ledger):
    client, url = county.client(reader_of(ledger)), reverse("ledger:list", args=[ledger.code])
    plain = asked_for(client.get(url, every_period(ledger)))
    shown = {column for column in ledger.columns if isinstance(column, str)}
    hidden = [field.name for field in ledger.model._meta.fields if field.name not in shown]
    hidden += ["password", "platform__posts__user__password", "history__history_user__password", "pk", "?"]
    for sign in ("", "-"):
        page = client.get(url, every_period(ledger) | {"sort": [sign + name for name in hidden]})
        assert asked_for(page) == plain, sign


@pytest.mark.parametrize("name", ["grading:list", "accounts:people", "journal:list", "jobs:list", "exchange:list", "workbench:search"])
def test_other_lists_apply_nothing_hidden(county, name):
    reader = {"accounts:people": Role.AUDIT_ADMIN, "journal:list": Role.AUDIT_ADMIN, "workbench:search": Role.LEADER}.get(name, Role.PER_MU)
    client, url, words = county.client(reader), reverse(name), {"q": county.own.canary} if name == "workbench:search" else {}
    with CaptureQueriesContext(connection) as before:
        assert client.get(url, words).status_code == 200
    with CaptureQueriesContext(connection) as after:
        assert client.get(url, words | FOREIGN | {"sort": "password"}).status_code == 200
    assert [query["sql"] for query in after if "pbkdf2" in query["sql"] or 'BY "accounts_user"."password"' in query["sql"]] == []
    assert len(after) == len(before)


HOSTILE = {
    "id": "999999",
    "version": "999",
    "origin": "sample",
    "state": "closed",
    "archived_at": "2020-01-01",
    "archive_reason": "x",
    "created_at": "2020-01-01",
    "updated_at": "2020-01-01",
}


@pytest.mark.parametrize("ledger", LEDGERS)
def test_a_form_has_no_protected_field(county, ledger):
    """Whoever may write a ledger: its form knows only declared fields, and none nobody may type."""
    for role, acts in RIGHTS[ledger.code].items():
        if "change" in acts:
            user = county.people[role]
            form = ledger.form_class(user)(instance=county.own.row(ledger.model), user=user)
            assert set(form.fields) - {"reason", "version"} == set(ledger.writable(user)) <= set(ledger.fields)
            assert [name for name in ledger.writable(user) if not ledger.model._meta.get_field(name).editable] == []


@pytest.mark.parametrize("ledger", LEDGERS)
def test_posting_every_field_changes_no_protected_one(county, ledger):
    record = county.own.row(ledger.model)
    editor = next(role for role, acts in RIGHTS[ledger.code].items() if "change" in acts)
    user = county.people[editor]
    protected = [field for field in record._meta.concrete_fields if field.name not in ledger.writable(user)]
    form = ledger.form_class(user)(instance=record, user=user)
    untouched = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    everything = untouched | {field.name: HOSTILE.get(field.name, "1") for field in protected}
    kept = {field.attname: getattr(record, field.attname) for field in protected}
    for version in (record.version, 999):
        with taken_back():
            county.client(editor).post(reverse("ledger:change", args=[ledger.code, record.pk]), everything | {"version": version})
            assert ledger.model.objects.filter(pk=record.pk).values(*kept).get() == kept
            assert ledger.model.objects.count() == 2
