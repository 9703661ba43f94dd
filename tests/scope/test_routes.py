"""T31: every route x method x identity against the reviewed table routes.csv. A route without a line fails the build.

Write the table anew, look at what changed and commit it: pytest tests/scope/test_routes.py --write-routes
"""

import csv
import io
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import reverse

from tests.scope.county import ANONYMOUS, DEACTIVATED, IDENTITIES, MUST_CHANGE, NO_FACTOR
from tests.scope.routes import METHODS, address, routes
from tests.standing import taken_back

pytestmark = [pytest.mark.deep, pytest.mark.django_db]
TABLE = Path(__file__).with_name("routes.csv")
STEPS = ("sign-in", "password", "enrol", "verify")
FACTOR = {"SECOND_FACTOR_ROLES": ["approver"]}
OPEN_TO_ANYBODY = {"accounts:sign-in"}
OPEN_WITHOUT_A_FACTOR = {"accounts:sign-in", "accounts:enrol"}
OPEN_WITH_AN_OLD_PASSWORD = {"accounts:sign-in", "accounts:password"}


def cell(answer):
    """Say in one word what became of a request: its status, or where it was sent to sign in or to change the password.

    A refusal that is told on the page it was sent from redirects as a success does; it is "refused" here.
    """
    if answer.status_code == 302 and getattr(answer.wsgi_request, "refusal", None):
        return "refused"
    if answer.status_code == 302:
        path = answer.url.split("?")[0]
        return {reverse(f"accounts:{step}"): step for step in STEPS}.get(path, "302")
    return str(answer.status_code)


@pytest.fixture(scope="module")
def walked(county):
    """Return (route, method) -> identity -> cell, each request on the county as it was built."""
    clients = {identity: county.client(identity) for identity in IDENTITIES}
    cookies = {identity: client.cookies.copy() for identity, client in clients.items()}
    table = {}
    for route in routes():
        for identity, client in clients.items():
            mine = {"batch": county.batches.get(identity, county.own.batch), "job": county.jobs.get(identity, county.own.job)}
            mine["export"] = county.exports.get(identity, county.own.export)
            url = address(route, half=county.own, user=county.own.person, **mine)
            for method in METHODS:
                client.cookies = cookies[identity].copy()
                with taken_back(), override_settings(**(FACTOR if identity == NO_FACTOR else {})):
                    table.setdefault((route, method), {})[identity] = cell(client.generic(method, url))
    return table


def as_csv(walked):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["route", "method", *IDENTITIES])
    writer.writerows(
        [route.path or "/", method, *(cells[identity] for identity in IDENTITIES)] for (route, method), cells in walked.items()
    )
    return out.getvalue()


def test_every_route_answers_everybody_as_reviewed(walked, request):
    now = as_csv(walked)
    if request.config.getoption("write_routes"):
        TABLE.write_text(now)
    reviewed = TABLE.read_text().splitlines() if TABLE.exists() else []
    new, gone = (list(dict.fromkeys(lines)) for lines in (set(now.splitlines()) - set(reviewed), set(reviewed) - set(now.splitlines())))
    assert (sorted(new), sorted(gone)) == ([], []), "review, then: pytest tests/scope/test_routes.py --write-routes"


def opened(walked, identity):
    return {
        route.name
        for (route, method), cells in walked.items()
        if method != "OPTIONS" and cells[identity] not in (*STEPS, "401", "403", "404", "405")
    }


def test_nobody_gets_in_without_signing_in(walked):
    assert opened(walked, ANONYMOUS) == OPEN_TO_ANYBODY
    assert opened(walked, DEACTIVATED) == OPEN_TO_ANYBODY


def test_an_old_password_opens_nothing_but_its_change(walked):
    assert opened(walked, MUST_CHANGE) == OPEN_WITH_AN_OLD_PASSWORD


def test_without_the_second_factor_nothing_opens_but_its_enrolment(walked):
    assert opened(walked, NO_FACTOR) == OPEN_WITHOUT_A_FACTOR


FINE = {"200", "302", "refused", *STEPS, "400", "401", "403", "404", "405", "409", "428"}


def test_no_answer_is_a_failure(walked):
    assert [(method, route.path, cells) for (route, method), cells in walked.items() if not FINE.issuperset(cells.values())] == []
