"""T32, T33: whoever sees one half of the county finds no name and no number of the other half anywhere.

Routes come from the URL resolver and ledgers from the registry: a new one is watched without a line here.
"""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import ADMINISTRATORS, Role
from apps.core.scope import OPEN
from apps.exchange import official
from apps.exchange.models import ExportFile
from apps.exchange.writer import XLSX
from apps.jobs.models import Job
from apps.jobs.services import run_here
from apps.ledger import registry
from tests.scope.county import LIMITED
from tests.scope.routes import address, routes
from tests.standing import taken_back

pytestmark = [pytest.mark.deep, pytest.mark.django_db]
CODES = [ledger.code for ledger in registry.all()]
SCOPED = [ledger.code for ledger in registry.all() if ledger.model.scope_paths != OPEN]
ALL_PERIODS = {"year": "", "month": "", "archived": "all"}


def texts(answer):
    """Return what an answer says as one text: the cells of a workbook, else its body."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers.get("Content-Type") == XLSX and answer.status_code == 200 and content.startswith(b"PK"):
        sheets = load_workbook(io.BytesIO(content)).worksheets
        return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
    return content.decode(errors="replace")


def canaries(*halves):
    """Return the words that give halves away: the name, the number as pages write it, alone and in a sum over both."""
    figures = [half.figure for half in halves]
    numbers = {form for figure in figures for form in (f"{figure:,}", str(figure), f"{figure / 10_000:,.2f}")}
    return {half.canary for half in halves} | numbers


def of_the_other(county):
    both = county.own.figure + county.other.figure
    return canaries(county.other) | {f"{both:,}", str(both), f"{both / 10_000:,.2f}"}


def pages(county, identity):
    """Yield every address there is to read for `identity` on the rows of the first half, lists under several conditions."""
    batch, job = county.batches.get(identity, county.own.batch), county.jobs.get(identity, county.own.job)
    export = county.exports.get(identity, county.own.export)
    mine = {"half": county.own, "user": county.own.person, "batch": batch, "job": job, "export": export}
    for route in routes():
        if route.name != "accounts:sign-out":
            yield address(route, **mine)
    for ledger in registry.all():
        for name in ("list", "create", "lookup"):
            yield reverse(f"ledger:{name}", args=[ledger.code])
        for name in ("detail", "history", "change", "archive"):
            yield reverse(f"ledger:{name}", args=[ledger.code, county.own.row(ledger.model).pk])
        query = "?" + "&".join(f"{name}={value}" for name, value in ALL_PERIODS.items())
        yield reverse("ledger:list", args=[ledger.code]) + query
        if ledger.resource:
            yield reverse("exchange:export", args=[ledger.code]) + query
            yield reverse("exchange:template", args=[ledger.code])


def telling(county, identity, words):
    """Return the addresses whose answer holds one of `words`, and how many answers were pages."""
    client, found, read = county.client(identity), {}, 0
    for url in dict.fromkeys(pages(county, identity)):
        with taken_back():
            answer = client.get(url, follow=False)
            said = texts(answer)
        read += answer.status_code == 200
        if heard := {word for word in words if word in said}:
            found[url] = heard
    return found, read


@pytest.mark.parametrize("identity", LIMITED)
def test_nothing_tells_of_the_other_half(county, identity):
    found, read = telling(county, identity, of_the_other(county))
    assert found == {}
    assert read > 3 * len(CODES)


# What the administrators are there for: who holds which post where, and the journal, which names what was acted on.
THEIR_OWN = ("/people/", "/journal/")


@pytest.mark.parametrize("identity", sorted(ADMINISTRATORS))
def test_administrators_read_no_business_data(county, identity):
    found, _ = telling(county, identity, canaries(county.own, county.other))
    assert {url: words for url, words in found.items() if not url.startswith(THEIR_OWN)} == {}


def test_the_canaries_sing(county):
    """Who reads everything reads them on the list, the record and the workbook of every ledger that has a scope."""
    client = county.client(Role.PER_MU)  # the one post that reads the mappings of every office
    for code in SCOPED:
        ledger = registry.get(code)
        record = county.other.row(ledger.model)
        urls = [
            reverse("ledger:list", args=[code]),
            reverse("ledger:detail", args=[code, record.pk]),
            reverse("exchange:export", args=[code]),
        ]
        for url in urls if ledger.resource else urls[:2]:
            said = texts(client.get(url, ALL_PERIODS))
            assert [word for word in canaries(county.other) if word in said], url


@pytest.mark.parametrize("identity", LIMITED)
@pytest.mark.parametrize("kind", ["format=xlsx", "format=csv", "form=official"])
def test_an_export_made_by_a_job_tells_nothing_either(county, identity, kind):
    """The worker has no request: what it writes ends at the scope of whoever asked."""
    client, told, sung = county.client(identity), {}, set()
    for ledger in registry.all():
        if ledger.resource and (official.form_of(ledger.code) or kind != "form=official"):
            year = "" if kind != "form=official" else "&year=2021"
            with taken_back():
                answer = client.post(f"{reverse('exchange:export', args=[ledger.code])}?archived=all{year}&{kind}")
                assert answer.status_code == 302, ledger.code
                record = ExportFile.objects.latest("asked_at")
                assert (run_here(Job.objects.get(key=str(record.pk)).pk).state, ledger.code) == ("done", ledger.code)
                said = texts(client.get(reverse("exchange:file", args=[record.pk])))
            sung |= {ledger.code} if county.own.canary in said else set()
            told |= {ledger.code: heard} if (heard := {word for word in of_the_other(county) if word in said}) else {}
    assert (told, bool(sung)) == ({}, True)


@pytest.mark.parametrize("identity", LIMITED)
@pytest.mark.parametrize("code", SCOPED)
def test_counts_and_sums_are_of_the_own_half(county, identity, code):
    ledger = registry.get(code)
    seen = list(ledger.model.objects.visible_to(county.people[identity]))
    assert set(seen) <= {county.own.row(ledger.model)}
    page = county.client(identity).get(reverse("ledger:list", args=[code]), ALL_PERIODS)
    assert [row.record for row in page.context["table"].rows] == seen
    assert page.context["sums"][0][1] == len(seen)


@pytest.mark.parametrize("identity", LIMITED)
@pytest.mark.parametrize("code", SCOPED)
def test_a_record_of_the_other_half_is_not_there(county, identity, code):
    client, record = county.client(identity), county.other.row(registry.get(code).model)
    for name in ("detail", "history"):
        assert client.get(reverse(f"ledger:{name}", args=[code, record.pk])).status_code == 404
    for name in ("change", "archive"):
        url = reverse(f"ledger:{name}", args=[code, record.pk])
        assert {client.get(url).status_code, client.post(url, {"reason": "x", "version": 1}).status_code} <= {403, 404}
    record.refresh_from_db()
    assert (record.version, record.archived_at) == (1, None)


# Object routes that tell nothing: a round is the county's, its rows are not; a reminder that is another's and one that is
# not there are answered with the same sentence.
OPEN_OBJECTS = {"assessments:round", "assessments:fill", "assessments:recalculate", "assessments:export"}
OPEN_OBJECTS |= {"workbench:seen", "enterprises:data-reminder-seen"}  # one answer, whether there is such a reminder or not


@pytest.mark.parametrize("identity", [*LIMITED, Role.EVALUATOR, Role.PER_MU])
def test_no_route_opens_an_object_out_of_reach(county, identity):
    everything = county.people[identity].reach().everything
    away = {"half": county.other, "user": county.other.person, "batch": county.other.batch, "job": county.other.job}
    away["export"] = county.other.export
    client, wrong = county.client(identity), {}
    for route in routes():
        named = set(route.keys) - {"code"} and route.name not in OPEN_OBJECTS
        private = route.name in ("exchange:batch", "exchange:status", "exchange:recheck", "exchange:marked", "exchange:file")
        if named and (private if everything else not route.name.startswith("accounts:")):
            for ask in (client.get, client.post):
                with taken_back():
                    status = ask(address(route, **away)).status_code
                if status not in (403, 404, 405):
                    wrong[route.name] = status
    assert wrong == {}


def test_a_paper_is_not_reached_through_another_record(county):
    case = county.own.row(registry.get("land-cases").model)
    client = county.client(Role.NATURAL)
    assert texts(client.get(reverse("ledger:paper", args=["land-cases", case.pk, county.own.paper.pk]))) == county.own.canary
    for name, ask in (("ledger:paper", client.get), ("ledger:paper-withdraw", client.get), ("api:paper", client.get)):
        assert ask(reverse(name, args=["land-cases", case.pk, county.other.paper.pk])).status_code == 404
    assert client.post(reverse("api:paper-withdraw", args=["land-cases", case.pk, county.other.paper.pk])).status_code == 404


@pytest.mark.parametrize("identity", LIMITED)
def test_search_and_look_up_find_nothing_there(county, identity):
    client, word = county.client(identity), county.other.canary
    assert client.get(reverse("workbench:search"), {"q": word}).context["found"] == []
    assert client.get(reverse("workbench:search"), {"q": county.own.canary}).context["found"] != []
    for code in SCOPED:
        assert client.get(reverse("ledger:lookup", args=[code]), {"q": word}).json()["rows"] == []
