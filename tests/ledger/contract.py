"""What every ledger promises, tested from a few attributes. tests/ledger/test_contract_coverage.py finds ledgers without one."""

import importlib
import pkgutil
from functools import cached_property

import pytest
from django.test import Client
from django.urls import reverse

import tests
from apps.accounts.choices import ADMINISTRATORS, Role
from apps.accounts.rights import RIGHTS
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.scope import OPEN
from apps.ledger import bulk, registry, services
from apps.ledger.history import WriteOutsideKit
from apps.ledger.services import Conflict
from tests import factories
from tests.ledger.api_contract import TODAY, ApiContract
from tests.ledger.command_contract import CommandContract

KEPT = 2  # queries for what the person keeps about a list: the choice of columns, the saved views


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.django_db
class LedgerContract(ApiContract, CommandContract):
    """Subclass, set the attributes, implement `make`.

    code: the ledger.  editor: a role with every right on it; `scope` is what it must reach, nothing for the whole county.
    change: one field and the value a person types for it.  bad: one field and a value the form must refuse.
    list_queries: the literal number of queries of the list, whatever the number of rows, beside those `KEPT`.
    """

    code = ""
    editor = Role.PER_MU
    change = ("", "")
    bad = ("", "")
    list_queries = 0

    def make(self, number=1):
        """Return a new row; different for each `number`."""
        raise NotImplementedError

    def scope(self):
        """Return the scope of the editor's post: {"industry": ...}."""
        return {}

    @pytest.fixture(autouse=True)
    def people(self, db):
        self.ledger = registry.get(self.code)
        self.user = factories.person("editor", self.editor, **self.scope())

    @cached_property
    def client(self):
        return signed_in(self.user)

    @cached_property
    def reader(self):
        return signed_in(factories.person("reader", Role.LEADER))

    def url(self, name, record=None):
        return reverse(f"ledger:{name}", args=[self.code] + ([record.pk] if record else []))

    def posted(self, record, **changed):
        """Return what the browser would send for the untouched form of `record`, with `changed`."""
        form = self.ledger.form_class(self.user, record)(instance=record, user=self.user)
        values = {name: form[name].value() for name in form.fields}
        return {name: "" if value is None else value for name, value in (values | changed).items() if value is not False}

    def test_list_shows_the_row_to_a_reader(self):
        record = self.make()
        page = self.reader.get(self.url("list"))
        assert page.status_code == 200
        assert [row.record for row in page.context["table"].rows] == [record]

    def test_list_runs_the_same_queries_for_one_and_three_rows(self, django_assert_num_queries):
        self.make(1)
        self.client.get(self.url("list"))
        with django_assert_num_queries(self.list_queries + KEPT):
            self.client.get(self.url("list"))
        self.make(2), self.make(3)
        with django_assert_num_queries(self.list_queries + KEPT):
            self.client.get(self.url("list"))

    def test_every_column_sorts(self):
        self.make(1), self.make(2)
        for column in self.ledger.table_class([]).columns:
            if column.orderable:
                assert self.client.get(self.url("list"), {"sort": column.name}).status_code == 200

    def test_every_filter_is_said_in_words(self):
        record = self.make()
        for name, filter_ in self.ledger.filterset(self.user, {}).filters.items():
            bound = self.ledger.filterset(self.user, {})
            choices = [key for key, _ in getattr(bound.form.fields[name], "choices", []) if key not in ("", None)]
            value = str(choices[0]) if choices else TODAY if name == "as_of" else str(getattr(record, name, None) or "1")
            page = self.client.get(self.url("list"), dict.fromkeys(self.ledger.period, "") | {name: value})
            assert [label for label, _ in page.context["words"]] == [filter_.label], name

    def test_search_that_finds_nothing_says_so(self):
        self.make()
        page = self.client.get(self.url("list"), {"q": "绝不存在的名称"})
        assert "没有符合条件的记录" in page.content.decode()

    def test_reading_page_and_history(self):
        record = self.make()
        assert self.reader.get(self.url("detail", record)).context["record"] == record
        assert len(self.reader.get(self.url("history", record)).context["timeline"]) == 1

    def test_anonymous_is_sent_to_sign_in(self):
        record = self.make()
        for name, args in [
            ("list", None),
            ("create", None),
            ("detail", record),
            ("change", record),
            ("archive", record),
            ("history", record),
        ]:
            answer = Client().get(self.url(name, args))
            assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("accounts:sign-in")), name

    def test_nobody_makes_a_row_out_of_his_reach(self, monkeypatch):
        """Through `create`: the row, or what it hangs on, would lie where this person does not see it; nothing stays."""
        if self.ledger.model.scope_paths == OPEN:
            return
        self.make(1)
        stranger = factories.person("stranger", Role.PARK, platform=factories.platform("别处园"))
        before = self.ledger.model.objects.count()
        monkeypatch.setattr(factories, "SYSTEM", Actor.of(stranger))
        with pytest.raises(Refused, match="不在您的范围内"):
            self.make(2)
        assert self.ledger.model.objects.count() == before

    @pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
    def test_administrators_see_no_business_data(self, role):
        record = self.make()
        client = signed_in(factories.person("admin", role))
        assert {client.get(self.url(name, args)).status_code for name, args in [("list", None), ("detail", record)]} == {403}

    @pytest.mark.parametrize("role", sorted(set(Role) - ADMINISTRATORS))
    def test_who_has_no_right_writes_nothing(self, role):
        rights = RIGHTS.get(self.code, {}).get(role, frozenset())
        record = self.make()
        client = signed_in(factories.person("someone", role))
        for act, name, args in [("add", "create", None), ("change", "change", record), ("archive", "archive", record)]:
            if act not in rights:
                answer = client.post(self.url(name, args), {"reason": "x", "version": 1})
                assert answer.status_code == self.refused(role, act), (role, act)
        record.refresh_from_db()
        assert (record.version, record.archived_at) == (1, None)

    def test_change_is_saved_with_history_and_version(self):
        record = self.make()
        name, typed = self.change
        answer = self.client.post(self.url("change", record), self.posted(record, **{name: typed, "reason": "核实后更正"}))
        assert answer.status_code == 302, answer.context["form"].errors
        changed = type(record).objects.get(pk=record.pk)
        assert changed.version == 2
        latest = self.client.get(self.url("history", record)).context["timeline"][0]
        assert (latest["entry"].history_user, latest["entry"].history_change_reason, len(latest["changes"])) == (self.user, "核实后更正", 1)

    def test_an_untouched_form_changes_nothing(self):
        record = self.make()
        assert self.client.post(self.url("change", record), self.posted(record)).status_code == 302
        record.refresh_from_db()
        assert (record.version, record.history.count()) == (1, 1)

    def test_a_stale_form_gets_both_values_and_changes_nothing(self):
        record = self.make()
        name, typed = self.change
        first = self.posted(record, **{name: typed})
        self.client.post(self.url("change", record), first)
        answer = self.client.post(self.url("change", record), self.posted(record))
        assert answer.status_code == 409
        assert len(answer.context["conflict"]) == 1
        assert type(record).objects.get(pk=record.pk).version == 2

    def test_a_bad_value_is_named_at_its_field(self):
        record = self.make()
        name, typed = self.bad
        answer = self.client.post(self.url("change", record), self.posted(record, **{name: typed}))
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == [name]
        assert type(record).objects.get(pk=record.pk).version == 1

    def test_archive_needs_a_reason_and_can_be_undone(self):
        record = self.make()
        self.client.post(self.url("archive", record), {"version": 1, "reason": " "})
        assert type(record).objects.live().count() == type(record).objects.count()
        self.client.post(self.url("archive", record), {"version": 1, "reason": "重复登记"})
        assert not type(record).objects.live().filter(pk=record.pk).exists()
        assert list(self.client.get(self.url("list"), {"archived": "archived"}).context["table"].data) == [record]
        self.client.post(self.url("archive", record), {"version": 2, "reason": "误归档"})
        assert type(record).objects.live().filter(pk=record.pk).exists()
        assert record.history.count() == 3

    def test_as_of_today_is_what_is_there_today_and_before_the_first_row_nothing(self):
        record = self.make()
        for client in (self.client, self.reader):
            page = client.get(self.url("list"), dict.fromkeys(self.ledger.period, "") | {"as_of": TODAY})
            assert [row.record for row in page.context["table"].rows] == [record]
            assert [str(row) for row in client.get(self.url("list"), {"as_of": "2000-01-01"}).context["table"].rows] == []
        now, then = (self.reader.get(self.url("detail", record), query).context for query in ({}, {"as_of": TODAY}))
        read_now, read_then = ([(title, [fact[:2] for fact in facts]) for title, facts in page["groups"]] for page in (now, then))
        assert (read_then, str(then["record"])) == (read_now, str(now["record"]))

    def test_every_column_offered_can_be_shown_sorted_and_exported(self):
        self.make(1), self.make(2)
        keys = list(self.ledger.offered)
        self.client.post(self.url("columns"), {"column": keys} | {f"place_{key}": number for number, key in enumerate(keys, start=1)})
        for column in self.client.get(self.url("list")).context["table"].columns:
            assert column.name == keys.pop(0)
            assert self.client.get(self.url("list"), {"sort": f"-{column.name}"}).status_code == 200
        assert keys == []
        if self.ledger.resource:
            answer = self.client.get(reverse("exchange:export", args=[self.code]), {"columns": "shown"})
            assert (answer.status_code, b"".join(answer.streaming_content)[:2]) == (200, b"PK")

    def test_bulk_fields_can_be_set_for_many_rows(self):
        if not self.ledger.bulk:
            pytest.skip("no field is set for many rows")
        rows = [self.make(1), self.make(2)]
        page = self.client.get(self.url("bulk"), {"rows": "ticked", "pk": [row.pk for row in rows]})
        assert [control.name for _, control in page.context["form"].pairs] == self.ledger.settable(self.user)
        name = self.ledger.bulk[0]
        value = self.posted(rows[0])[name]
        wanted = {"rows": "ticked", "pk": [row.pk for row in rows], "reason": "核实", f"set_{name}": "on", name: value}
        made = self.client.post(self.url("bulk"), wanted).context["made"]
        assert (rows[0], bulk.SAME) in made.left_out  # it has that value already
        assert self.reader.get(self.url("bulk")).status_code == 403

    def test_services_refuse_a_stale_version(self):
        record = self.make()
        with pytest.raises(Conflict):
            services.archive(record=record, version=7, reason="x", actor=Actor.of(self.user))

    def test_out_of_scope_is_not_there(self):
        record = self.make()
        if type(record).scope_paths == "open":
            pytest.skip("open to every business post")
        stranger = factories.person("stranger", Role.PARK, platform=factories.platform("别处园区", town=factories.town("别处镇")))
        client = signed_in(stranger)
        assert {client.get(self.url(name, record)).status_code for name in ("detail", "history")} == {404}
        assert list(client.get(self.url("list")).context["table"].data) == list(type(record).objects.exclude(pk=record.pk))
        with pytest.raises(Refused):
            services.archive(record=record, version=1, reason="x", actor=Actor.of(stranger))

    def test_writing_past_the_kit_is_refused(self):
        record = self.make()
        for write in (
            record.save,
            record.delete,
            lambda: type(record).objects.update(origin="office"),
            lambda: type(record).objects.all().delete(),
        ):
            with pytest.raises(WriteOutsideKit):
                write()

    def test_looks_up_what_is_visible(self):
        record = self.make()
        answer = self.client.get(self.url("lookup"))
        assert answer.json() == {"rows": [{"value": str(getattr(record, self.ledger.lookup)), "label": str(record)}]}


def all_subclasses(cls):
    """Return the classes below `cls`, at any depth."""
    return {sub for child in cls.__subclasses__() for sub in {child, *all_subclasses(child)}}


def contracts():
    """Return code of a ledger -> its contract class, wherever in the tests it stands."""
    for module in pkgutil.walk_packages(tests.__path__, "tests."):
        if module.name.rpartition(".")[2].startswith("test_"):
            importlib.import_module(module.name)
    return {contract.code: contract for contract in all_subclasses(LedgerContract) if contract.code}
