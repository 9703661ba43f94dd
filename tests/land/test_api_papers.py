"""Papers over the API: the same slots, rights, kinds of file and journal as on the pages; a case is handled without a page."""

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings as office_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts import tokens
from apps.accounts.choices import Role
from apps.accounts.rights import RIGHTS
from apps.core.actor import Actor
from apps.core.disk import NO_SPACE
from apps.journal.models import JournalEntry
from apps.land.workflow import DISPOSAL
from apps.ledger import services, trail
from apps.ledger.models import Answer, Paper
from apps.ledger.papers import MAX_BYTES
from tests import factories
from tests.land.conftest import PDF
from tests.ledger.api_contract import Script

pytestmark = pytest.mark.django_db
LIST = "/api/ledgers/land-cases/"


@pytest.fixture
def office(bureau):
    return Script(bureau.user, LIST)


@pytest.fixture
def keeper(park):
    return Script(park.user, LIST)


def stored():
    return [path for path in Path(office_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def by_token(user):
    """Return a program with nothing but a token: no cookie, no CSRF token."""
    text = tokens.make(name="数据对接", post=user.posts.get(), days=7, actor=Actor.of(user))
    script = Script(path=LIST)
    script.client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {text}"})
    return script


def test_a_case_goes_from_entry_to_approval_by_the_api_alone(bureau, park, plan):
    office, keeper = by_token(bureau.user), by_token(park.user)
    parcel = factories.parcel(platform=park.user.posts.get().platform)
    entered = {"number": "JY-2021-LJ-0700", "land_class": "unsupplied", "parcel": parcel.pk, "area": "30"}
    found_out = {"approved_on": "2019-06-01", "planned_use": "工业", "cause": "government"}
    case = keeper("post", "", entered | found_out, key="case-7").json()["id"]
    assert keeper.put(f"{case}/papers/", "批准文件.pdf", PDF, slot="approval", key="paper-1").status_code == 201
    assert office("post", f"{case}/moves/verify/", {"comment": "已核实"}, version=1, key="verify")["ETag"] == '"2"'
    assert keeper("post", f"{case}/moves/plan/", plan, version=2, key="plan")["ETag"] == '"3"'
    approval = {"plan_number": "缙政函〔2021〕7号"}
    early = office("post", f"{case}/moves/approve/", approval, version=3, key="approve")
    assert (early.status_code, early.json()["message"]) == (409, "还不能批准方案，缺少：附件“处置方案批复”。")
    assert office.put(f"{case}/papers/", "批复.pdf", PDF, slot="plan", key="paper-2").status_code == 201
    done = office("post", f"{case}/moves/approve/", approval, version=3, key="approve")
    assert (done.status_code, done.json()["state"], done["ETag"]) == (200, "approved", '"4"')
    assert [paper["slot"] for paper in office("get", f"{case}/papers/").json()["results"]] == ["approval", "plan"]


def test_a_paper_is_put_in_listed_fetched_and_withdrawn(office, bureau, case, at):
    at("planned")
    answer = office.put(f"{case.pk}/papers/", "方案\u202e批复.pdf", PDF, slot="plan")
    (paper,) = Paper.objects.all()
    told = {
        "id": paper.pk, "slot": "plan", "name": "方案批复.pdf", "size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest(),
        "at": answer.json()["at"], "by": "bureau_one", "post": "自然资源和规划局", "withdrawn_at": None, "withdrawn_why": "",
    }  # fmt: skip
    assert (answer.status_code, answer.json(), answer["Cache-Control"]) == (201, told, "no-store")
    assert answer["Location"] == f"http://testserver{LIST}{case.pk}/papers/{paper.pk}/"
    assert office("get", f"{case.pk}/papers/").json() == {"results": [told]}
    fetched = office("get", f"{case.pk}/papers/{paper.pk}/")
    assert (fetched.getvalue(), fetched["Content-Type"], fetched["X-Content-Type-Options"], fetched["Cache-Control"]) == (
        PDF,
        "application/octet-stream",
        "nosniff",
        "no-store",
    )
    assert fetched["Content-Disposition"].startswith("attachment")
    withdraw = f"{case.pk}/papers/{paper.pk}/withdraw/"
    assert office("post", withdraw, {}).json() == {"message": "撤下附件必须填写原因。"}
    withdrawn = office("post", withdraw, {"reason": "传错文件"})
    assert (withdrawn.status_code, withdrawn.json()["withdrawn_why"], bool(withdrawn.json()["withdrawn_at"])) == (200, "传错文件", True)
    again = office("post", withdraw, {"reason": "传错文件"})
    assert (again.status_code, again.json()) == (409, {"message": "该附件已经撤下。"})
    assert office("get", f"{case.pk}/papers/{paper.pk}/").getvalue() == PDF
    entries = JournalEntry.objects.filter(act__in=("上传附件", "撤下附件")).order_by("seq")
    assert [(entry.act, entry.user, entry.channel) for entry in entries] == [
        ("上传附件", bureau.user, "接口"),
        ("撤下附件", bureau.user, "接口"),
    ]


def test_a_paper_changed_on_the_disk_is_not_handed_out(office, case, at):
    at("planned")
    paper = office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="plan").json()["id"]
    Path(Paper.objects.get().file.path).write_bytes(b"%PDF-1.4 forged")
    answer = office("get", f"{case.pk}/papers/{paper}/")
    assert (answer.status_code, answer.json()["message"][:14]) == (409, "该附件与上传时不一致（文件缺")


@pytest.mark.parametrize("accept", ["application/pdf", "text/html", "*/*", ""])
def test_a_file_comes_whatever_type_is_asked_for(office, case, accept):
    paper = office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval").json()["id"]
    url = f"{LIST}{case.pk}/papers/{paper}/"
    assert office.client.get(url, headers={"Accept": accept}).getvalue() == PDF
    missing = office.client.get(f"{LIST}{case.pk}/papers/0/", headers={"Accept": accept})
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/json")


def test_a_file_sent_twice_under_one_key_is_one_paper(office, case):
    first, again = (office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval", key="p1") for _ in range(2))
    assert (first.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    for name, content, slot in (("批复.pdf", PDF + b" ", "approval"), ("另一.pdf", PDF, "approval"), ("批复.pdf", PDF, "order")):
        answer = office.put(f"{case.pk}/papers/", name, content, slot=slot, key="p1")
        assert (answer.status_code, answer.json()) == (409, {"message": "这个 Idempotency-Key 已用于另一个请求，请换一个新的键。"})
    assert (Paper.objects.count(), len(stored()), Answer.objects.count()) == (1, 1, 1)
    withdraw = f"{case.pk}/papers/{first.json()['id']}/withdraw/"
    one, two = (office("post", withdraw, {"reason": "传错"}, key="w1") for _ in range(2))
    assert (one.status_code, two.status_code, two.content) == (200, 200, one.content)


def test_without_a_key_the_same_file_is_another_paper(office, case):
    assert [office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval").status_code for _ in range(2)] == [201, 201]
    assert Paper.objects.count() == 2


@pytest.mark.parametrize("role", sorted(Role))
def test_who_may_not_keep_the_papers_changes_nothing(role, office, case):
    paper = office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval").json()["id"]
    acts = RIGHTS["land-cases"].get(role, frozenset())
    keeps = "change" in acts or bool(acts & {move.code for move in DISPOSAL.moves_from(case.state)})
    other = Script(factories.person("other", role, platform=factories.platform()), LIST)
    put = other.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval")
    taken = other("post", f"{case.pk}/papers/{paper}/withdraw/", {"reason": "x"})
    assert (put.status_code, taken.status_code) == ((201, 200) if keeps else (403, 403))
    assert (Paper.objects.count(), Paper.objects.filter(withdrawn_at=None).count()) == ((2, 1) if keeps else (1, 1))


def test_another_park_finds_neither_the_papers_nor_a_way_to_them(office, case):
    paper = office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval").json()["id"]
    elsewhere = factories.platform("开发区", town=factories.town("别处镇"))
    user = factories.person("stranger", Role.PARK, platform=elsewhere)
    stranger, own = Script(user, LIST), factories.land_case(parcel=factories.parcel(platform=elsewhere))
    assert stranger("get", f"{own.pk}/papers/").json() == {"results": []}
    for record in (case, own):  # nor by the address of a record of his own
        assert stranger("get", f"{record.pk}/papers/{paper}/").status_code == 404
        assert stranger("post", f"{record.pk}/papers/{paper}/withdraw/", {"reason": "x"}).status_code == 404
    assert stranger.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval").status_code == 404
    assert Script(path=LIST)("get", f"{case.pk}/papers/{paper}/").status_code == 401
    assert (Paper.objects.count(), Paper.objects.get().withdrawn_at) == (1, None)


def test_an_archived_record_keeps_its_papers_as_they_are(office, bureau, case):
    paper = office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval").json()["id"]
    services.archive(record=case, version=1, reason="误登", actor=Actor.of(bureau.user))
    assert office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval").status_code == 403
    assert office("post", f"{case.pk}/papers/{paper}/withdraw/", {"reason": "x"}).status_code == 403
    assert office("get", f"{case.pk}/papers/{paper}/").getvalue() == PDF


BAD = {
    "another slot": ({"slot": "nothing"}, "批复.pdf", PDF, 400, {"slot": ["“nothing” 不是合法选项。"]}),
    "no slot": ({}, "批复.pdf", PDF, 400, {"slot": ["该字段是必填项。"]}),
    "something else": ({"slot": "approval", "title": "x"}, "批复.pdf", PDF, 400, {"title": ["没有这一项。"]}),
    "two slots": ({"slot": ["approval", "approval"]}, "批复.pdf", PDF, 400, {"slot": ["只能给出一次。"]}),
    "another state": ({"slot": "evidence"}, "批复.pdf", PDF, 409, "处于“登记”，不能增减“处置佐证”。"),
    "another kind": ({"slot": "approval"}, "批复.exe", b"MZ", 409, "不接受“批复.exe”"),
    "another content": ({"slot": "approval"}, "批复.pdf", b"<html>", 409, "的内容不是 pdf 文件"),
    "empty": ({"slot": "approval"}, "批复.pdf", b"", 409, "“批复.pdf”是空文件。"),
    "too large": ({"slot": "approval"}, "批复.pdf", PDF + b"x" * MAX_BYTES, 409, "超过 20 MB"),
}


@pytest.mark.parametrize("case_of", BAD)
def test_what_is_no_paper_is_refused_and_leaves_nothing(office, case, case_of):
    more, name, content, status, said = BAD[case_of]
    answer = office.put(f"{case.pk}/papers/", name, content, **more)
    assert answer.status_code == status
    assert answer.json()["errors"] == said if status == 400 else said in answer.json()["message"]
    assert (Paper.objects.count(), stored()) == (0, [])


RAW = [
    (b"", "multipart/form-data; boundary=x"), (b"--x", "multipart/form-data; boundary=x"), (b"x" * 999, "multipart/form-data"),
    (b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ntext\r\n--x--', "multipart/form-data; boundary=x"),
    (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=y"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), RAW)
def test_bytes_that_are_no_form_are_answered(office, bureau, case, body, kind):
    """In a session, too, where the form is read before the view is: for its CSRF token."""
    session = Client(enforce_csrf_checks=True)
    session.force_login(bureau.user)
    session.get(bureau.url("paper-add", case, "approval"))
    for client in (office.client, session):
        token = {"X-CSRFToken": client.cookies["csrftoken"].value} if client is session else {}
        answer = client.generic("POST", f"{LIST}{case.pk}/papers/", body, kind, headers=token)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/json"), answer.content
        assert any("\u4e00" <= letter <= "\u9fff" for letter in answer.json()["message"])
    assert Paper.objects.count() == 0


def test_json_is_no_file_and_a_file_is_no_reason(office, case):
    assert office("post", f"{case.pk}/papers/", {"slot": "approval", "file": "x"}).status_code == 415
    paper = office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval").json()["id"]
    assert office.put(f"{case.pk}/papers/{paper}/withdraw/", "批复.pdf", PDF, reason="x").status_code == 415


def test_a_session_sends_its_csrf_token(bureau, case):
    page = Client(enforce_csrf_checks=True)
    page.force_login(bureau.user)
    page.get(bureau.url("paper-add", case, "approval"))
    sent = {"slot": "approval"}
    refused = page.post(f"{LIST}{case.pk}/papers/", sent | {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert (refused.status_code, Paper.objects.count()) == (403, 0)
    headers = {"X-CSRFToken": page.cookies["csrftoken"].value}
    taken = page.post(f"{LIST}{case.pk}/papers/", sent | {"file": SimpleUploadedFile("a.pdf", PDF)}, headers=headers)
    assert (taken.status_code, taken.json()["sha256"]) == (201, hashlib.sha256(PDF).hexdigest())


def test_a_volume_without_space_is_said(office, case, settings):
    settings.MIN_FREE = 1024**5
    answer = office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval")
    assert (answer.status_code, answer.json()) == (409, {"message": NO_SPACE})
    assert (Paper.objects.count(), stored()) == (0, [])


def test_a_paper_does_not_touch_the_version(office, case):
    office.put(f"{case.pk}/papers/", "批复.pdf", PDF, slot="approval")
    assert office("get", f"{case.pk}/")["ETag"] == '"1"'
    assert json.loads(office("get", f"{case.pk}/history/").content)["results"][0]["act"] == "登记"
    assert len(trail.of(case)) == 1
