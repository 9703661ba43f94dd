"""The password once more before acts that touch many rows or take back what was approved (reliability.md A8)."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.core import clock
from apps.core.actor import Actor
from apps.enterprises.models import Enterprise, YearlyFact
from apps.ledger import bulk, registry
from apps.ledger.models import WriteBatch
from apps.ledger.moves import BACK
from tests import factories
from tests.ledger.test_bulk import hidden, preview
from tests.ways import DAY, EDGES, WAYS

pytestmark = pytest.mark.django_db
PROVE = reverse("accounts:prove")
PASSWORD = "Jinyun-2021!"
BULK = reverse("ledger:bulk", args=["enterprises"])
APPROVED = {"land-cases": "approved", "instructions": "confirmed", "assessment-rounds": "scored"}  # from here on a second person agreed


@pytest.fixture
def clerk():
    return factories.person("clerk", Role.PER_MU)


@pytest.fixture
def web(client, clerk):
    client.force_login(clerk)
    return client


@pytest.fixture
def stale(monkeypatch):
    """Return a function after which the password was typed eleven minutes ago."""
    started = clock.now()
    return lambda: monkeypatch.setattr(clock, "now", lambda: started + dt.timedelta(minutes=11))


@pytest.fixture
def firm():
    firm = factories.enterprise("甲厂", platform=factories.platform())
    factories.yearly(firm, 2020)
    return firm


def asked(answer):
    """Return where the page that asks for the password leads back to; fail when the answer is another."""
    assert (answer.status_code, urlsplit(answer.url).path) == (302, PROVE)
    return parse_qs(urlsplit(answer.url).query)["next"][0]


def proved(web, answer):
    """Type the password and return the page one is led back to."""
    return web.get(web.post(PROVE, {"password": PASSWORD, "next": asked(answer)}).url)


def batch_of(firm, clerk):
    plan = bulk.plan(
        ledger=registry.get("enterprises"), rows=Enterprise.objects.filter(pk=firm.pk), values={"gb_code": "C3421"}, user=clerk
    )
    done, _ = bulk.apply(
        ledger=registry.get("enterprises"), versions=plan.versions, values={"gb_code": "C3421"}, reason="核实",
        batch="6f9619ff-8b86-4d01-b42d-00cf4fc964ff", actor=Actor.of(clerk)
    )  # fmt: skip
    return done


def test_a_bulk_edit_asks_before_its_first_form_and_keeps_the_selection(web, firm, stale):
    stale()
    page = proved(web, web.get(BULK, {"rows": "ticked", "pk": [firm.pk]}))
    assert page.context["count"] == 1


def test_a_bulk_edit_is_not_confirmed_later_but_comes_back_with_its_values(web, firm, stale):
    form = hidden(preview(web, [firm], gb_code="C3421"))
    stale()
    page = proved(web, web.post(BULK, form))
    assert (WriteBatch.objects.count(), Enterprise.objects.get().gb_code) == (0, "")
    form = page.context["form"]
    assert (page.context["count"], form["gb_code"].value(), form["reason"].value()) == (1, "C3421", "统一核实")
    assert web.post(BULK, hidden(preview(web, [firm], gb_code="C3421"))).status_code == 302
    assert Enterprise.objects.get().gb_code == "C3421"


def test_a_batch_is_undone_after_a_proof_only(web, firm, clerk, stale):
    page = reverse("ledger:batch", args=["enterprises", batch_of(firm, clerk).pk])
    stale()
    shown = web.get(page)
    assert (shown.status_code, "验证密码后撤销" in shown.content.decode(), 'name="reason"' in shown.content.decode()) == (200, True, False)
    again = proved(web, web.post(page, {"reason": "错了"}))
    assert (Enterprise.objects.get().gb_code, 'name="reason"' in again.content.decode()) == ("C3421", True)
    web.post(page, {"reason": "错了"})
    assert Enterprise.objects.get().gb_code == ""


def test_archiving_a_record_with_others_asks_and_a_single_one_does_not(web, firm, stale):
    lonely = factories.enterprise("乙厂")
    stale()
    page = reverse("ledger:archive", args=["enterprises", firm.pk])
    answers = [web.get(page), web.post(page, {"version": 1, "reason": "注销"})]
    assert [asked(answer) for answer in answers] == [page, page]
    assert YearlyFact.objects.live().count() == 1
    assert web.post(reverse("ledger:archive", args=["enterprises", lonely.pk]), {"version": 1, "reason": "注销"}).status_code == 302
    assert list(Enterprise.objects.live()) == [firm]
    proved(web, web.get(page))
    web.post(page, {"version": 1, "reason": "注销"})
    assert (YearlyFact.objects.live().count(), Enterprise.objects.live().count()) == (0, 0)


def test_a_session_finds_no_way_around_it_over_the_api(web, firm, stale):
    path = f"/api/ledgers/enterprises/{firm.pk}/archive/"
    sent = {"data": {"reason": "注销"}, "content_type": "application/json"}
    stale()
    answer = web.post(path, headers={"If-Match": '"1"'}, **sent)
    assert (answer.status_code, "重新验证密码" in answer.content.decode(), YearlyFact.objects.live().count()) == (403, True, 1)
    web.post(PROVE, {"password": PASSWORD})
    assert web.post(path, headers={"If-Match": '"1"'}, **sent).status_code == 200
    assert YearlyFact.objects.live().count() == 0


def position(flow, state):
    """Return where a state stands on the main way; one beside it stands where it leads on to, None where it only leads back."""
    ahead = [state] if state in flow.path else [move.target for move in flow.moves_from(state)]
    return min((flow.path.index(state) for state in ahead if state in flow.path), default=None)


def takes_back(flow, move, approved):
    """Say whether a move leads from what was approved to where it must be approved anew."""
    target = None if move.target == BACK else position(flow, move.target)
    return target is not None and target < flow.path.index(approved) <= max(position(flow, state) or 0 for state in move.source)


def test_every_move_that_takes_back_what_was_approved_asks():
    flows = {ledger.code: ledger.workflow for ledger in registry.all() if ledger.workflow}
    asking = {code: [move.code for move in flow.moves if move.proof] for code, flow in flows.items()}
    assert asking == {
        code: [move.code for move in flows[code].moves if takes_back(flows[code], move, approved)] for code, approved in APPROVED.items()
    }


@pytest.mark.parametrize(("code", "state", "move"), [(way.code, state, move) for way, state, move in EDGES if way.flow.move(move).proof])
def test_what_was_approved_is_taken_back_after_a_proof_only(client, stale, settings, code, state, move):
    settings.OFFICE_TODAY = DAY
    way = WAYS[code]
    record = way.record_in(state)
    client.force_login(way.person("office", way.role_for(move)))
    page = reverse("ledger:move", args=[code, record.pk, move])
    sent = {"version": record.version, "comment": "有误", **way.typed(move)}
    stale()
    assert [asked(client.get(page)), asked(client.post(page, sent))] == [page, page]
    body = {"comment": "有误", **way.typed(move)}
    tail, version = f"/api/ledgers/{code}/{record.pk}/moves/{move}/", {"If-Match": f'"{record.version}"'}
    answer = client.post(tail, body, headers=version, content_type="application/json")
    assert (answer.status_code, "重新验证密码" in answer.content.decode()) == (403, True)
    record.refresh_from_db()
    assert (record.state, record.version) == (state, sent["version"])
    proved(client, client.get(page))
    assert client.post(page, sent).status_code == 302
    record.refresh_from_db()
    assert (record.state, record.version) == (way.flow.move(move).target, sent["version"] + 1)


def test_what_only_goes_on_asks_for_nothing(client, stale):
    client.force_login(factories.person("office", Role.EVALUATOR))
    stale()
    assert client.get(reverse("ledger:move", args=["assessment-rounds", factories.assessment_round().pk, "open"])).status_code == 200


def test_a_post_is_handed_over_after_a_proof_only(client, stale, clerk):
    client.force_login(factories.person("keeper", Role.SECURITY_ADMIN))
    post = clerk.posts.get()
    ending, end = (reverse(f"accounts:{page}", args=[post.pk]) for page in ("ending", "end-post"))
    stale()
    assert [asked(client.get(ending)), asked(client.post(end))] == [ending, ending]
    assert Post.objects.get(pk=post.pk).end is None
    proved(client, client.get(ending))
    client.post(end)
    assert Post.objects.get(pk=post.pk).end == clock.today()
