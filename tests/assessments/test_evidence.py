"""The evidence files of typed values (domain 4.5): what must have one, where they are kept, who is shown them."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.choices import Role
from apps.assessments import services
from apps.assessments.models import AssessmentValue
from apps.core import clock
from apps.ledger import papers
from apps.ledger.models import Paper
from apps.ledger.workflow import apply_move
from tests import factories as make
from tests.assessments.conftest import compute, prove, put_in, type_value
from tests.commands import run
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in

PDF = b"%PDF-1.4"
SUBMIT = "还不能报送审核，缺少：佐证材料（{}；请上传后在填报数据中选定）。"
API = "/api/ledgers/assessment-rounds/"


@pytest.fixture
def round(third_quarter, settings):
    """The third quarter being filled and scored; 丽缙园's bonus has no file yet."""
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    apply_move(record=third_quarter, move="open", version=third_quarter.version, actor=make.SYSTEM)
    compute(third_quarter)
    return third_quarter


@pytest.fixture
def filler(evaluator):
    return signed_in(evaluator)


@pytest.fixture
def checker(round):
    return make.person("checker", Role.EVALUATOR)


@pytest.fixture
def town(round):
    """Somebody of 壶镇镇."""
    return make.person("town", Role.TOWN, town=make.town("壶镇镇"))


def move(client, round, code, comment="意见", **values):
    """Press a button of the round and return what it is refused with, nothing where it was made."""
    round.refresh_from_db()
    page = reverse("ledger:move", args=["assessment-rounds", round.pk, code])
    answer = client.post(page, {"version": round.version, "comment": comment, **values})
    round.refresh_from_db()
    return "" if answer.status_code == 302 else "".join(answer.context["form"].non_field_errors())


def advance(round, *codes):
    """Let nobody in particular make moves."""
    for code in codes:
        given = {"bulletin_number": "缙考办〔2021〕3号"} if code == "publish" else {}
        with clock.on(dt.date(2021, 11, 1) if code in ("approve", "publish") else clock.today()):
            apply_move(record=round, move=code, version=round.version, comment="意见", values=given, actor=make.SYSTEM)
        round.refresh_from_db()


def bonus_of(round, unit="丽缙园"):
    return AssessmentValue.objects.get(round=round, unit__name=unit, indicator__code="B1")


def name_paper(client, value, paper):
    sent = {"actual": str(value.actual), "evidence": value.evidence, "paper": paper.pk, "version": value.version, "reason": ""}
    return client.post(reverse("assessments:value", args=[value.pk]), sent)


def page_of(client, round, name="ledger"):
    page = reverse("ledger:detail", args=["assessment-rounds", round.pk]) if name == "ledger" else f"/assessments/{round.pk}/{name}"
    return client.get(page).content.decode()


# --- what must have one -------------------------------------------------------------------------------------------


def test_a_bonus_is_reported_only_with_its_file(round, filler):
    value = bonus_of(round)
    assert move(filler, round, "submit") == SUBMIT.format("丽缙园“加分”")
    assert page_of(filler, round, "fill/").count("缺佐证材料") == 1
    upload = reverse("ledger:paper-add", args=["assessment-rounds", round.pk, "evidence"])
    assert upload in page_of(filler, round, "fill/")
    sent = {"file": SimpleUploadedFile("表彰文件.pdf", PDF)}
    assert filler.post(upload, sent).status_code == 302
    assert move(filler, round, "submit") == SUBMIT.format("丽缙园“加分”")  # there, but nobody named it
    paper = Paper.objects.get()
    answer = name_paper(filler, value, paper)
    assert (answer.status_code, answer["Location"]) == (302, reverse("assessments:fill", args=[round.pk]))
    value.refresh_from_db()
    assert (value.paper, value.history.first().paper_id) == (paper, paper.pk)
    link = reverse("ledger:paper", args=["assessment-rounds", round.pk, paper.pk])
    assert [link in page_of(filler, round, name) for name in ("fill/", "", "ledger")] == [True, True, True]
    assert "缺佐证材料" not in page_of(filler, round, "fill/")
    assert (move(filler, round, "submit"), round.state) == ("", "checking")


def here(page):
    """Return the addresses on a page that change the round's papers."""
    return re.findall(r'href="([^"]*/papers/[^"]*(?:add|withdraw)[^"]*)"', page)


@pytest.mark.parametrize("where", ["fill", "value", "round", "detail"])
def test_after_an_upload_one_is_back_where_one_came_from(round, filler, where):
    value = bonus_of(round)
    keys = {"fill": ("assessments:fill", round.pk), "value": ("assessments:value", value.pk), "round": ("assessments:round", round.pk)}
    name, *args = keys.get(where, ("ledger:detail", "assessment-rounds", round.pk))
    came_from = reverse(name, args=args)
    [address] = here(filler.get(came_from).content.decode())
    assert f'href="{came_from}">取消' in filler.get(address).content.decode()
    refused = filler.post(address, {"file": SimpleUploadedFile("表彰文件.pdf", b"no pdf")})
    assert refused["Location"] == address  # with the way back
    answer = filler.post(address, {"file": SimpleUploadedFile("表彰文件.pdf", PDF)})
    assert (answer.status_code, answer["Location"], Paper.objects.get().title) == (302, came_from, "表彰文件.pdf")


def test_after_a_withdrawal_one_is_back_where_one_came_from(round, filler):
    paper, came_from = put_in(round), reverse("assessments:round", args=[round.pk])
    [address] = [address for address in here(filler.get(came_from).content.decode()) if "withdraw" in address]
    assert filler.post(address, {"reason": "传错"})["Location"] == came_from
    paper.refresh_from_db()
    assert paper.withdrawn_why == "传错"


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""])
def test_nobody_is_led_away_from_the_office_by_an_upload(round, filler, elsewhere):
    add = reverse("ledger:paper-add", args=["assessment-rounds", round.pk, "evidence"], query={"next": elsewhere})
    own = reverse("ledger:detail", args=["assessment-rounds", round.pk])
    assert f'href="{own}">取消' in filler.get(add).content.decode()
    assert filler.post(add, {"file": SimpleUploadedFile("a.pdf", PDF)})["Location"] == own


def test_the_api_says_and_takes_the_same(round, evaluator):
    script = Script(evaluator, API)
    answer = script("post", f"{round.pk}/moves/submit/", {"comment": ""}, version=round.version)
    assert (answer.status_code, answer.json()["message"]) == (409, SUBMIT.format("丽缙园“加分”"))
    added = script.put(f"{round.pk}/papers/", "表彰文件.pdf", PDF, slot="evidence")
    assert added.status_code == 201
    value = bonus_of(round)
    services.fill(value=value, values={"paper": Paper.objects.get()}, version=value.version, actor=make.SYSTEM)
    answer = script("post", f"{round.pk}/moves/submit/", {"comment": ""}, version=round.version)
    assert (answer.status_code, answer.json()["state"]) == (200, "checking")


def test_what_exceeds_its_target_is_named_too_the_first_three_and_how_many_more(round, filler):
    for unit in ("壶镇镇", "东方镇", "新建镇"):
        type_value(round, unit, "R2", "3.01")
    type_value(round, "舒洪镇", "B1", "0")
    compute(round)
    assert move(filler, round, "submit") == SUBMIT.format("丽缙园“加分”、壶镇镇“制造业投资”、东方镇“制造业投资”，另有 1 项")


def test_what_a_ledger_supplies_needs_no_file(round):
    fed = AssessmentValue.objects.get(round=round, unit__name="丽缙园", indicator__code="R1")
    assert (fed.actual > fed.target, fed.lacks_paper) == (True, False)


# --- which papers may be named ------------------------------------------------------------------------------------


def test_only_papers_of_the_own_round_are_offered_and_taken(round, filler):
    other = services.open_round(scheme=round.scheme, quarter=4, actor=make.SYSTEM)
    foreign, withdrawn, own = put_in(other), put_in(round, "旧.pdf"), put_in(round)
    papers.withdraw(record=round, paper=withdrawn, reason="传错", actor=make.SYSTEM)
    value = bonus_of(round)
    form = filler.get(reverse("assessments:value", args=[value.pk])).context["form"]
    assert list(form.fields["paper"].queryset) == [own]
    for paper in (foreign, withdrawn):
        errors = name_paper(filler, value, paper).context["form"].errors
        assert errors == {"paper": ["不在可选项内，请从列表中选取。"]}
    with pytest.raises(ValidationError) as refused:
        services.fill(value=value, values={"paper": foreign}, version=value.version, actor=make.SYSTEM)
    assert refused.value.message_dict == {"paper": ["只能选本轮的佐证材料。"]}
    value.refresh_from_db()
    assert (value.paper, value.version) == (None, 2)


def test_a_circular_is_no_evidence(round):
    prove(round)
    advance(round, "submit", "score", "recheck", "approve", "publish")
    circular = put_in(round, "通报.pdf", slot="circular")
    value = bonus_of(round)
    value.paper = circular
    with pytest.raises(ValidationError, match="只能选本轮的佐证材料。"):
        value.full_clean()


# --- who puts them in and withdraws them --------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.APPROVER, Role.LEADER, Role.TOWN])
def test_who_may_not_keep_papers_is_not_shown_the_upload(round, role):
    user = make.person("reader", role, **({"town": make.town("壶镇镇")} if role == Role.TOWN else {}))
    names = ("ledger",) if role == Role.TOWN else ("ledger", "", "fill/")
    assert [name for name in names if "上传佐证材料" in page_of(signed_in(user), round, name)] == []
    upload = reverse("ledger:paper-add", args=["assessment-rounds", round.pk, "evidence"])
    assert signed_in(user).post(upload, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 403
    assert Script(user, API).put(f"{round.pk}/papers/", "a.pdf", PDF, slot="evidence").status_code == 403
    assert not Paper.objects.exists()


def test_withdrawing_a_file_leaves_its_value_bare_again(round, filler, checker):
    paper = prove(round)
    assert move(filler, round, "submit") == ""
    page = reverse("ledger:paper-withdraw", args=["assessment-rounds", round.pk, paper.pk])
    assert signed_in(checker).post(page, {"reason": "公章不清"}).status_code == 302
    refused = SUBMIT.format("丽缙园“加分”").replace("报送审核", "审核通过")
    assert move(signed_in(checker), round, "score") == refused
    assert "已撤下" in page_of(filler, round, "fill/")
    assert move(signed_in(checker), round, "return") == ""
    name_paper(filler, bonus_of(round), put_in(round, "表彰文件（清晰）.pdf"))
    assert (move(filler, round, "submit"), move(signed_in(checker), round, "score"), round.state) == ("", "", "scored")


def test_once_checked_the_evidence_stays_until_the_circular_is_corrected(round, evaluator):
    paper, script = prove(round), Script(evaluator, API)
    advance(round, "submit", "score")
    refused = script("post", f"{round.pk}/papers/{paper.pk}/withdraw/", {"reason": "x"})
    assert (refused.status_code, refused.json()["message"]) == (409, f"“{round}”处于“计分”，不能增减“佐证材料”。")
    advance(round, "recheck", "approve", "publish", "correct")
    assert script.put(f"{round.pk}/papers/", "更正依据.pdf", PDF, slot="evidence").status_code == 201
    assert [paper.title for paper in papers.held(round, "evidence")] == ["表彰文件.pdf", "更正依据.pdf"]


def test_the_stamped_circular_is_put_in_after_publication_and_shown_to_everybody(round, evaluator, town):
    prove(round)
    script, sent = Script(evaluator, API), (f"{round.pk}/papers/", "通报.pdf", PDF)
    advance(round, "submit", "score", "recheck", "approve")
    assert script.put(*sent, slot="circular").json()["message"] == f"“{round}”处于“审定”，不能增减“通报文件”。"
    advance(round, "publish")
    assert script.put(*sent, slot="circular").status_code == 201
    assert Script(town, API)("get", f"{round.pk}/papers/").json()["results"][0]["name"] == "通报.pdf"


# --- who is shown them --------------------------------------------------------------------------------------------


def test_a_unit_is_shown_its_own_evidence_from_the_recheck_on_and_nobody_elses(round, town):
    type_value(round, "壶镇镇", "B1", "1")
    compute(round)
    other, own, unnamed = prove(round), prove(round, "壶镇镇", name="壶镇表彰.pdf"), put_in(round, "备用.pdf")
    script = Script(town, API)

    def shown():
        listed = [row["name"] for row in script("get", f"{round.pk}/papers/").json()["results"]]
        page = page_of(script.client, round)
        told = run("papers", "assessment-rounds", round.pk, "--as", town.username)[1]
        assert [paper["name"] for paper in told["papers"]] == listed
        for paper in (other, own, unnamed):
            files = [reverse("ledger:paper", args=["assessment-rounds", round.pk, paper.pk]), f"{API}{round.pk}/papers/{paper.pk}/"]
            seen = paper.title in listed
            assert [script.client.get(file).status_code for file in files] == [200 if seen else 404] * 2
            assert (paper.title in page) == seen
        return listed

    assert shown() == []
    advance(round, "submit", "score")
    assert shown() == []
    advance(round, "recheck")
    assert shown() == ["壶镇表彰.pdf"]
    advance(round, "approve", "publish")
    assert shown() == ["壶镇表彰.pdf"]


def test_nobody_finds_a_round_by_the_title_of_its_evidence(round, town, filler):
    put_in(round, "表彰文件.pdf")
    for client in (filler, signed_in(town)):
        assert not client.get(reverse("ledger:list", args=["assessment-rounds"]), {"q": "表彰文件"}).context["table"].rows


def test_a_withdrawn_file_stays_named_until_another_is_chosen(round, filler):
    """An untouched form and a command about the figure leave it; only the value's own is offered, and reporting asks for another."""
    paper, other = prove(round), put_in(round, "另一份.pdf")
    for gone in (paper, other):
        papers.withdraw(record=round, paper=gone, reason="传错", actor=make.SYSTEM)
    value = bonus_of(round)
    page = reverse("assessments:value", args=[value.pk])
    form = filler.get(page).context["form"]
    assert [label for _, label in form.fields["paper"].choices] == ["---------", f"{paper}（已撤下）"]
    sent = {name: "" if (held := form[name].value()) is None else held for name in form.fields}
    assert filler.post(page, sent | {"actual": "3"}).status_code == 302
    value.refresh_from_db()
    assert (value.actual, value.paper) == (3, paper)
    told = run(
        *("assessment_values", "2021Q3", "--value", str(value.pk), "--set", "actual=4"),
        *("--if-version", str(value.version), "--as", "evaluator"),
    )
    assert (told[0], [row["lacks_paper"] for row in told[1]["values"]]) == (0, [True])
    compute(round)
    assert move(filler, round, "submit") == SUBMIT.format("丽缙园“加分”")
    others = filler.get(reverse("assessments:value", args=[bonus_of(round, "壶镇镇").pk])).context["form"]
    assert [label for _, label in others.fields["paper"].choices] == ["---------"]
