"""The description of the API tells of every address there is, and of no other; in Chinese, with units (reliability.md G3)."""

import json

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from apps.accounts.choices import Role
from apps.ledger import registry
from apps.ledger.api.urls import ROUTES
from jinyun.api import Schema
from tests import factories
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db
WITH_PAPERS = {"land-cases", "instructions", "assessment-rounds"}


@pytest.fixture(scope="module")
def described():
    unresolved = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(GENERATOR_STATS, "emit", lambda message, severity: unresolved.append(message))
        schema = SchemaGenerator(patterns=Schema.patterns).get_schema(request=None, public=True)
    assert unresolved == []
    return json.loads(json.dumps(schema))


def test_every_address_of_every_ledger_is_described(described):
    live = {
        (f"/api/ledgers/{ledger.code}/{drawn(tail, step)}", method)
        for ledger in registry.all()
        for name, tail, _, actions in ROUTES
        if "papers" not in tail or ledger.code in WITH_PAPERS
        if "bulk" not in tail or ledger.bulk
        for step in ([move.code for move in ledger.workflow.moves] if ledger.workflow else []) * (name == "move") or [""] * (name != "move")
        for method in actions
        if method != "head"  # added to the table when the addresses are made
    }
    sheet = "/api/ledgers/assessment-rounds/{id}/values/"
    live |= {(sheet, "get"), (sheet, "post"), (f"{sheet}{{value}}/", "get"), (f"{sheet}{{value}}/", "patch")}
    live |= {(f"{sheet}{{value}}/history/", "get")}
    assert {(path, method) for path, methods in described["paths"].items() for method in methods} == live


def drawn(tail, step):
    return (
        tail.replace("<int:pk>", "{id}").replace("<int:paper>", "{paper}").replace("<uuid:batch>", "{batch}").replace("<slug:move>", step)
    )


def operation(described, path, method):
    return described["paths"][f"/api/ledgers/{path}"][method]


def test_fields_have_chinese_labels_with_units(described):
    properties = described["components"]["schemas"]["YearlyFactRow"]["properties"]
    assert properties["tax"] == {
        "type": "string",
        "format": "decimal",
        "pattern": r"^-?\d{0,13}(?:\.\d{0,2})?$",
        "nullable": True,
        "title": "评价税收（万元）",
        "description": "评价税收（万元）",
    }
    assert properties["tax_per_mu"]["description"] == "亩均税收（万元/亩）"
    assert set(properties["enterprise"]["properties"]) == {"id", "label", "credit_code"}
    unlabelled = [
        (name, field)
        for name, schema in described["components"]["schemas"].items()
        if not name.startswith("Paginated") and not name.endswith("History")
        for field, told in schema["properties"].items()
        if not any("\u4e00" <= letter <= "\u9fff" for letter in told.get("description", "")) and field != "id"
    ]
    assert unlabelled == []


def test_headers_filters_and_what_may_be_written_are_described(described):
    listed = {one["name"]: one.get("description") for one in operation(described, "enterprises/", "get")["parameters"]}
    declared = registry.get("enterprises").filterset_class.base_filters
    assert set(listed) == {*declared, "sort", "page", "page_size"}
    assert listed["scale"] == "规模"
    changed = {
        one["name"]: one["required"] for one in operation(described, "enterprises/{id}/", "patch")["parameters"] if one["in"] == "header"
    }
    assert changed == {"If-Match": True}
    created = {one["name"] for one in operation(described, "enterprises/", "post")["parameters"]}
    assert created == {"Idempotency-Key"}
    request = described["components"]["schemas"]["EnterpriseRowRequest"]
    assert set(request["properties"]) == {*registry.get("enterprises").fields, "reason"}
    assert request["properties"]["town"]["type"] == "integer"
    assert operation(described, "land-cases/{id}/moves/plan/", "post")["summary"] == "土地处置：办理“定处置方案”"


def test_papers_go_in_as_a_file_and_come_out_as_bytes(described):
    added = operation(described, "land-cases/{id}/papers/", "post")
    assert (added["summary"], list(added["requestBody"]["content"]), list(added["responses"])) == (
        "土地处置：上传附件",
        ["multipart/form-data"],
        ["201"],
    )
    assert [one["name"] for one in added["parameters"] if one["in"] == "header"] == ["Idempotency-Key"]
    sent = described["components"]["schemas"]["LandCaseFileRequest"]
    assert (sent["required"], sent["properties"]["file"]["format"]) == (["file", "slot"], "binary")
    assert sent["properties"]["slot"]["enum"] == ["approval", "plan", "evidence", "order"]
    fetched = operation(described, "land-cases/{id}/papers/{paper}/", "get")["responses"]["200"]["content"]
    assert fetched == {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    withdrawn = operation(described, "land-cases/{id}/papers/{paper}/withdraw/", "post")
    assert list(withdrawn["requestBody"]["content"]) == ["application/json"]


def test_the_description_is_a_file_for_whoever_signed_in():
    client = signed_in(factories.person("reader", Role.LEADER))
    answer = client.get("/api/schema/")
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (200, "application/vnd.oai.openapi+json")
    assert answer.json()["openapi"].startswith("3.")
    assert Client().get("/api/schema/").status_code == 401
