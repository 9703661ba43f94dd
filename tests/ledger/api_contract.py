"""What every ledger promises over the API, from the same few attributes as tests/ledger/contract.py."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.utils import timezone

from apps.accounts.choices import ADMINISTRATORS, Role
from apps.accounts.models import User
from apps.accounts.rights import RIGHTS
from apps.core import clock
from apps.ledger.api.serializers import KEPT
from tests import factories

TODAY = timezone.localtime(clock.now()).date().isoformat()


def other_value(ledger, user, rows):
    """Return (field, value as a script sends it) that may be set for all the rows and that none of them has."""
    for name in ledger.settable(user):
        field, held = ledger.model._meta.get_field(name), {getattr(row, name) for row in rows}
        if field.choices:
            return name, next(key for key, _ in field.flatchoices if key not in held and key != "")
        if isinstance(field, models.CharField):
            return name, "核定"
        if name == "town":
            return name, factories.town("另一镇").pk
    return "yearly", "1"


class Script:
    """A program that calls the API in somebody's session."""

    def __init__(self, user=None, path="/api/ledgers/"):
        self.client = Client()
        self.path = path
        if user:
            self.client.force_login(user)

    def __call__(self, method, tail="", body=None, version=None, key=None, query=None):
        """Send one request; `tail` is what follows the path, `body` plain data."""
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        headers |= {"Idempotency-Key": key} if key else {}
        given = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return getattr(self.client, method)(f"{self.path}{tail}", query_params=query or {}, headers=headers, **given)

    def put(self, tail, name, content, key=None, **more):
        """Send a file, called `name`, with whatever `more` is said of it."""
        sent = {"file": SimpleUploadedFile(name, content), **more}
        return self.client.post(f"{self.path}{tail}", sent, headers={"Idempotency-Key": key} if key else {})


@pytest.mark.django_db
class ApiContract:
    """Mixed into LedgerContract.

    api_queries: the literal number of queries of the list over the API: session, person, posts, count, rows, sums, and what
    a filter asks to know its choices.  api_change: field and value where JSON says it otherwise than a form.
    """

    api_queries = 6
    api_change = None

    @pytest.fixture
    def script(self, people):
        return Script(self.user, f"/api/ledgers/{self.code}/")

    @property
    def sent(self):
        return self.api_change or self.change

    def written(self, answer):
        """Return the writable part of a row as it was read, ready to be sent back."""
        row = answer.json()
        names = self.ledger.writable(self.user, self.ledger.model.objects.get(pk=row["id"]))
        return {name: row[name]["id"] if isinstance(row[name], dict) else row[name] for name in names}

    def test_api_list_runs_the_same_queries_for_one_and_three_rows(self, script, django_assert_num_queries):
        record = self.make(1)
        answer = script("get")
        assert ([row["id"] for row in answer.json()["results"]], answer.json()["totals"][0]["value"]) == ([record.pk], "1")
        with django_assert_num_queries(self.api_queries):
            script("get")
        self.make(2), self.make(3)
        with django_assert_num_queries(self.api_queries):
            assert script("get").json()["count"] == 3

    def test_api_change_writes_what_is_named_at_the_version_it_was_read(self, script):
        record = self.make()
        read = script("get", f"{record.pk}/")
        assert (read["ETag"], read["Cache-Control"]) == ('"1"', "no-store")
        name, typed = self.sent
        assert script("patch", f"{record.pk}/", {name: typed}).status_code == 428
        assert script("patch", f"{record.pk}/", {name: typed, "reason": "核实后更正"}, version=1)["ETag"] == '"2"'
        entry = record.history.first()
        assert (entry.channel, entry.history_change_reason, entry.history_user) == ("接口", "核实后更正", self.user)
        stale = script("put", f"{record.pk}/", self.written(read), version=1)
        assert (stale.status_code, stale.json()["version"], list(stale.json()["conflicts"])) == (412, 2, [name])
        assert [item["channel"] for item in script("get", f"{record.pk}/history/").json()["results"]][0] == "接口"

    def test_api_takes_back_what_it_gave(self, script):
        record = self.make()
        same = script("put", f"{record.pk}/", self.written(script("get", f"{record.pk}/")), version=1)
        assert (same.status_code, same["ETag"]) == (200, '"1"'), same.json()

    def test_api_names_a_bad_value_at_its_field(self, script):
        record = self.make()
        name, typed = self.bad
        answer = script("patch", f"{record.pk}/", {name: typed}, version=1)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])

    def test_api_refuses_every_key_that_is_not_to_be_written(self, script):
        record = self.make()
        fields = {field.attname for field in record._meta.concrete_fields} - set(self.ledger.writable(self.user, record))
        wrong = {*fields, *KEPT, "id", "pk", "label", "is_superuser", "unknown", "__class__", f"{self.sent[0]}__in"}
        before = type(record).objects.values().get(pk=record.pk)
        creating = [("post", "", None)] if self.user.may("add", self.code) else []
        for method, tail, version in [("patch", f"{record.pk}/", 1), ("put", f"{record.pk}/", 1), *creating]:
            answer = script(method, tail, dict.fromkeys(wrong, 1) | {self.sent[0]: self.sent[1]}, version=version)
            assert (answer.status_code, set(answer.json()["errors"])) == (400, wrong)
        assert list(type(record).objects.values()) == [before]

    def test_api_has_papers_where_the_records_have_slots(self, script):
        record, flow = self.make(), self.ledger.workflow
        answer = script("get", f"{record.pk}/papers/")
        assert (answer.status_code, answer.json().get("results")) == ((200, []) if flow and flow.slots else (404, None))
        assert script.put(f"{record.pk}/papers/", "a.pdf", b"%PDF-", slot="nothing").status_code in (
            (400, 403) if flow and flow.slots else (404,)
        )
        assert script("get", f"{record.pk}/papers/0/").status_code == 404

    def test_api_archives_and_restores_once(self, script):
        record = self.make()
        first = script("post", f"{record.pk}/archive/", {"reason": "重复登记"}, version=1, key="a1")
        again = script("post", f"{record.pk}/archive/", {"reason": "重复登记"}, version=1, key="a1")
        assert (first.status_code, again.content, again["ETag"]) == (200, first.content, '"2"')
        assert script("get").json()["count"] == 0
        assert script("patch", f"{record.pk}/", {self.sent[0]: self.sent[1]}, version=2).status_code == 403
        assert script("post", f"{record.pk}/restore/", {}, version=1).status_code == 412
        assert script("post", f"{record.pk}/restore/", {}, version=2)["ETag"] == '"3"'
        assert record.history.count() == 3

    def test_api_reads_a_record_as_of_a_day(self, script):
        record = self.make()
        now, then = script("get", f"{record.pk}/"), script("get", f"{record.pk}/", query={"as_of": TODAY})
        assert then.json() == {name: value for name, value in now.json().items() if name not in ("moves", "created_at", "updated_at")} | {
            name: then.json()[name] for name in ("created_at", "updated_at")
        }
        assert "ETag" not in then  # nothing to change there
        assert script("get", f"{record.pk}/", query={"as_of": "2000-01-01"}).status_code == 409
        assert [row["id"] for row in script("get", query={"as_of": TODAY}).json()["results"]] == [record.pk]
        for wrong in ({"as_of": "2999-01-01"}, {"as_of": "昨天"}, {"as-of": TODAY}):
            answer = script("get", f"{record.pk}/", query=wrong)
            assert (answer.status_code, list(answer.json()["errors"])) == (400, list(wrong))

    def test_api_sets_one_value_for_many_rows_and_takes_it_back(self, script):
        rows = [self.make(1), self.make(2)]
        if not self.ledger.bulk:
            assert {script("post", tail, {}).status_code for tail in ("bulk/", "bulk/preview/")} == {404}
            return
        name, value = other_value(self.ledger, self.user, rows)
        wanted = {"ids": [row.pk for row in rows] + [0x7FFFFFFF], "values": {name: value}}
        told = script("post", "bulk/preview/", wanted).json()
        assert [(row["id"], row["version"], len(row["changes"])) for row in told["rows"]] == [(row.pk, 1, 1) for row in rows]
        assert told["left_out"] == [{"id": 0x7FFFFFFF, "label": "", "why": "不存在或不在您的范围内。"}]
        body = {"rows": [{"id": row["id"], "version": 1} for row in told["rows"]], "values": {name: value}, "reason": "统一核实"}
        first, again = (script("post", "bulk/", body, key="b1") for _ in range(2))
        assert (first.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
        batch = first.json()
        assert (batch["kind"], batch["changed"], batch["undone_by"]) == ("bulk", 2, None)
        assert script("get", f"{rows[0].pk}/history/").json()["results"][0]["batch"] == batch["id"]
        assert [one["id"] for one in script("get", "batches/").json()["results"]] == [batch["id"]]
        stale = script("post", "bulk/", body)
        assert (stale.status_code, [one["id"] for one in stale.json()["left_out"]]) == (409, [row.pk for row in rows])
        assert script("get", f"batches/{batch['id']}/").json()["may_undo"]
        assert script("post", f"batches/{batch['id']}/undo/", {}).status_code == 409  # no reason
        undone = script("post", f"batches/{batch['id']}/undo/", {"reason": "有误"}, key="u1")
        assert (undone.status_code, undone.json()["kind"]) == (200, "undo")
        after = script("get", f"batches/{batch['id']}/").json()
        assert (after["may_undo"], after["undone_by"]) == (False, undone.json()["id"])
        stored = type(rows[0]).objects.get(pk=rows[0].pk)
        assert (getattr(stored, name), stored.version) == (getattr(rows[0], name), 3)

    def refused(self, role, act):
        """Return the answer to somebody of the role, with no scope, who lacks the right to `act`.

        Who may come to hold a record of the ledger is let in to it, and then there is none within his reach.
        """
        somebody = User.holding(role)
        return 404 if act == "change" and not somebody.reach().everything and self.ledger.may_change(somebody) else 403

    def test_api_ends_at_rights_and_scope(self):
        record = self.make()
        for role in Role:
            person = factories.person(f"api_{role}", role)
            script = Script(person, f"/api/ledgers/{self.code}/")
            rights = RIGHTS.get(self.code, {}).get(role, frozenset()) - (set() if self.ledger.writable(person) else {"add", "change"})
            tails = ("bulk/", "bulk/preview/") if self.ledger.bulk else ()
            barred = {script("post", tail, {}).status_code == 403 for tail in tails}
            assert barred == {not ("change" in rights and self.ledger.settable(person)) for _ in tails}, role
            tries = {"add": ("post", ""), "change": ("patch", f"{record.pk}/"), "archive": ("post", f"{record.pk}/archive/")}
            answers = {act: script(method, tail, {}, version=9).status_code for act, (method, tail) in tries.items()}
            assert {act: code for act, code in answers.items() if act not in rights} == {
                act: self.refused(role, act) for act in tries if act not in rights
            }, role
            assert {act for act in rights if answers.get(act) == 403} == set(), role
            if role in ADMINISTRATORS:
                assert {script("get").status_code, script("get", f"{record.pk}/").status_code} == {403}
        assert {Script(path=f"/api/ledgers/{self.code}/")("get", tail).status_code for tail in ("", f"{record.pk}/")} == {401}
        if type(record).scope_paths != "open":
            park = factories.platform("别处园区", town=factories.town("别处镇"))
            stranger = Script(factories.person("api_stranger", Role.PARK, platform=park), f"/api/ledgers/{self.code}/")
            assert {stranger("get", f"{record.pk}/{tail}").status_code for tail in ("", "history/", "papers/")} == {404}
            assert record.pk not in [row["id"] for row in stranger("get").json()["results"]]
