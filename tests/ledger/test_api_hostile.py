"""The API under hostile input, for every ledger: bodies, queries, headers. The answer is JSON with a sentence, never a failure.

The test client raises what a view raises, so a failure shows as its traceback (reliability.md T34, T39).
"""

import itertools
import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.ledger import registry
from apps.ledger.api.serializers import serializer_of
from apps.plan.models import TABLES
from tests import factories
from tests.ledger.api_contract import Script

pytestmark = [pytest.mark.deep, pytest.mark.django_db]
CODES = [ledger.code for ledger in registry.all()]
HUGE = 10**30
REFUSED = {400, 403, 404, 405, 409, 412, 413, 415, 428}
VALUES = [
    None, True, 0, -1, HUGE, 1e300, 1.5, "", " ", "\0", "x" * 5_000, "NaN", "1e999999", "9" * 5_000, "2021-13-45", "'; --",
    "{{7*7}}", "\u202e", [], [[]], [None] * 50, {}, {"id": 1}, {"$ne": 1}, [25, 50, 75, HUGE],
]  # fmt: skip
RAW = [
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"{}}", b"\xff\xfe", b"NaN", b'{"a": NaN}', b'{"name": "\\ud800"}', b'{"\\ud800": 1}',
    b"[" * 100_000, b'{"a":' * 50_000, b"9" * 10_000, b'{"name": ' + b"9" * 10_000 + b"}", b'"' + b"x" * 1_100_000 + b'"',
]  # fmt: skip
UNKNOWN = [
    "unknown", "name__icontains", "version__gt", "created_at__lt", "enterprise__contact", "password__startswith", "_connector",
    "_negated", "origin", "id", "pk", "format", "per_page", "year[]", "\0", "__class__",
]  # fmt: skip
CONTROLS = [("sort", value) for value in ("password", "archived_at", "-__class__", "?", "name__secret", "\0", ",", "name;drop")]
CONTROLS += [("page_size", value) for value in ("0", "-1", "201", str(10**9), "9" * 5_000, "x", "٣", "")]


@pytest.fixture
def rows():
    """One row of every ledger."""
    park = factories.platform()
    firm = factories.enterprise(platform=park)
    factories.yearly(firm), factories.monthly(firm, 2020, 6), factories.occupation(firm), factories.block(platform=park)
    factories.chain(), factories.target(), factories.land_case(), factories.instruction(), factories.assessment_round()
    factories.column_mapping(), factories.nine_ones_item()
    for table in TABLES:
        factories.printed_row(table)


def script(code):
    role = next(role for role, acts in RIGHTS[code].items() if {"change", "archive"} <= acts)
    scope = {"industry": factories.industry()} if role == Role.CHAIN_OFFICE else {}
    return Script(factories.person("visitor", role, **scope), f"/api/ledgers/{code}/")


def sentence(answer):
    """Return the message of a refusal; fail where the answer is no JSON with one."""
    assert answer["Content-Type"] == "application/json"
    message = answer.json()["message"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in message), message
    return message


@pytest.mark.parametrize("code", CODES)
def test_only_declared_queries_are_answered(rows, code):
    ask = script(code)
    ledger = registry.get(code)
    unknown = set(UNKNOWN) - set(ledger.filterset_class.base_filters)
    answer = ask("get", query=dict.fromkeys(unknown, "1"))
    assert (answer.status_code, set(answer.json()["errors"])) == (400, unknown)
    sentence(answer)
    for name, value in CONTROLS:
        answer = ask("get", query={name: value})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [name]), (name, value)
        assert sentence(answer) == "有 1 处需要改正，没有保存任何内容。"
    for name in ledger.filterset_class.base_filters:
        for value in ("\0", str(HUGE), "9" * 5_000, "zzz"):
            answer = ask("get", query={name: value})
            assert answer.status_code in (200, 400), (name, value)
            assert answer.status_code == 200 or name in answer.json()["errors"]
    assert {ask("get", query={"page": page}).status_code for page in ("9" * 5_000, "0", "2", "x")} == {404}


@pytest.mark.parametrize("code", CODES)
def test_any_value_in_any_field_is_answered_and_changes_nothing(rows, code):
    ask, ledger = script(code), registry.get(code)
    record, before = ledger.model.objects.first(), list(ledger.model.objects.values())
    for value in VALUES:
        answer = ask("post", "", dict.fromkeys(ledger.fields, value))
        assert answer.status_code in (400, 403, 409), value  # nobody enters an assessment round by hand
        sentence(answer)
    turns = itertools.cycle(VALUES)
    for name in [*ledger.fields, "reason"]:  # alone, so that nothing else is in the way of the checks behind the first ones
        for value in itertools.islice(turns, 3):
            answer = ask("patch", f"{record.pk}/", {name: value}, version=9)
            assert answer.status_code in (400, 412), (name, value)
            sentence(answer)
    assert list(ledger.model.objects.values()) == before


@pytest.mark.parametrize("code", ["enterprises", "land-occupation"])
def test_any_bytes_are_answered(rows, code):
    ask = script(code)
    record = registry.get(code).model.objects.first()
    for body in RAW:
        for method, url in (("post", ask.path), ("patch", f"{ask.path}{record.pk}/"), ("post", f"{ask.path}{record.pk}/archive/")):
            for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", "application/json; charset=utf-7"):
                headers = {"If-Match": '"7"', "Idempotency-Key": "k"}
                answer = ask.client.generic(method.upper(), url, body, kind, headers=headers)
                assert answer.status_code in REFUSED, (body[:20], url, kind)
                sentence(answer)
    assert registry.get(code).model.objects.get().version == 1


HEADERS = [
    "", " ", "Bearer", "Bearer \xff", "Bearer a b", f"Bearer {'x' * 64}", "Bearer \0", 'W/"1"', "*", '"1","2"', '""', f'"{HUGE}"', ";;;",
    "text/html", "x" * 9_000,
]  # fmt: skip


@pytest.mark.parametrize("header", ["Authorization", "If-Match", "Idempotency-Key", "Accept", "Content-Type"])
def test_any_header_is_answered(rows, header):
    ask = script("towns")
    record = registry.get("towns").model.objects.first()
    for value in HEADERS:
        for client in (ask.client, Client()):
            answer = client.patch(f"{ask.path}{record.pk}/", '{"unknown": 1}', "application/json", headers={header: value})
            assert answer.status_code in {401, 406} | REFUSED, answer.content
            sentence(answer)


ADDRESSES = [
    *("", "x", "ledgers/", "ledgers/nothing/", "ledgers/towns", "ledgers/towns/x/", f"ledgers/towns/{HUGE}/"),
    *("ledgers/towns/1/nothing/", "ledgers/towns/1/moves/", "ledgers/towns/1/moves/nothing/"),
]


def test_addresses_that_do_not_exist_are_answered_in_json(rows):
    ask = script("towns")
    for path in ADDRESSES:
        for method in ("get", "post", "put", "patch", "delete", "options"):
            answer = getattr(ask.client, method)(f"/api/{path}")
            assert answer.status_code in (404, 405, 428), (path, method)
            sentence(answer)
    assert [ask(method).status_code for method in ("delete", "put", "options")] == [405, 405, 405]


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("code", CODES)
def test_invented_bodies_and_queries(rows, code):
    """Whatever a script invents: an answer of the contract and not one row more or changed without its history row."""
    ask, ledger = script(code), registry.get(code)
    names = st.sampled_from([*serializer_of(ledger).Meta.fields, "unknown"]) | st.text(max_size=8)

    @settings(max_examples=8, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(body=st.dictionaries(names, VALUE, max_size=5), query=st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=2))
    def invented(body, query):
        record = ledger.model.objects.first()
        text = json.dumps(body)
        for method, tail in (("post", ""), ("patch", f"{record.pk}/")):
            answer = getattr(ask.client, method)(
                f"{ask.path}{tail}", data=text, content_type="application/json", headers={"If-Match": f'"{record.version}"'}
            )
            assert answer.status_code in {200, 201} | REFUSED
        assert ask.client.get(ask.path, query).status_code in (200, 400)

    invented()
    assert ledger.model.history.count() == sum(ledger.model.objects.values_list("version", flat=True))
