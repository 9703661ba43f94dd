"""Every route of the house from the URL resolver, filled with the rows of one half of the county."""

import uuid
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver, reverse

from apps.chains.models import Chain
from apps.enterprises.models import YearlyFact
from apps.exchange.models import ColumnMapping
from apps.land.models import LandCase

NOBODYS = uuid.UUID(int=0)  # a token is its owner's alone; tests of the tokens open their own
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True)
class Route:
    """path: the pattern as written in urls.py.  name: with its namespace.  keys: the names of its arguments."""

    path: str
    name: str
    keys: tuple


def routes(resolver=None, path="", space="", keys=()):
    """Yield a Route for every pattern, in the order of urls.py."""
    for entry in (resolver or get_resolver()).url_patterns:
        here, found = path + str(entry.pattern), (*keys, *_keys(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from routes(entry, here, f"{space}{entry.namespace}:" if entry.namespace else space, found)
        else:
            yield Route(here, f"{space}{entry.name}", found)


def _keys(pattern):
    return tuple(pattern.converters) or tuple(pattern.regex.groupindex)


def place(route, half, user, batch, job, export):
    """Return the arguments with which `route` opens a row of `half`; the first entry whose name begins the route's counts.

    batch, job, export: whose own import, job and export file are opened.  user: the person an administrator's page is about.
    """
    firm = half.row(YearlyFact).enterprise
    table = {
        "accounts:end-post": {"pk": lambda: user.posts.first().pk},
        "accounts:ending": {"pk": lambda: user.posts.first().pk},
        "accounts:handle-alarm": {"pk": lambda: 0},  # there is none; tests/security/test_alarms.py opens its own
        "accounts:sheet": {"pk": lambda: user.posts.first().pk},
        "accounts:hand-over": {"pk": lambda: half.hand_over.pk},
        "accounts:revoke-token": {"pk": lambda: NOBODYS},
        "workbench:seen": {"pk": lambda: half.reminder.pk},
        "api:value": {"pk": lambda: half.round.pk, "value": lambda: half.value.pk},
        "api:": {
            "code": lambda: "land-cases",
            "pk": lambda: half.row(LandCase).pk,
            "move": lambda: "verify",
            "paper": lambda: half.paper.pk,
            "batch": lambda: half.write_batch.pk,
        },
        "accounts:": {"pk": lambda: user.pk},
        "assessments:value": {"pk": lambda: half.value.pk},
        "assessments:": {"pk": lambda: half.round.pk},
        "chains:": {"pk": lambda: half.row(Chain).pk},
        "enterprises:": {"pk": lambda: half.data_reminder.pk},
        "exchange:file": {"pk": lambda: export.pk},
        "exchange:mapping": {"pk": lambda: half.row(ColumnMapping).pk},
        "exchange:": {"pk": lambda: batch.pk, "code": lambda: "blocks"},
        "grading:": {"year": lambda: half.row(YearlyFact).year, "credit_code": lambda: firm.credit_code},
        "jobs:": {"pk": lambda: job.pk},
        "ledger:batch": {"code": lambda: "land-cases", "pk": lambda: half.write_batch.pk},
        "ledger:view": {"code": lambda: "land-cases", "pk": lambda: half.view.pk},
        "ledger:": {
            "code": lambda: "land-cases",
            "pk": lambda: half.row(LandCase).pk,
            "paper": lambda: half.paper.pk,
            "move": lambda: "verify",
            "slot": lambda: "approval",
        },
    }
    known = next((known for start, known in table.items() if route.name.startswith(start)), {})
    missing = set(route.keys) - set(known)
    assert not missing, f"tests/scope/routes.py: say which {missing} the route {route.name} opens"
    return {key: known[key]() for key in route.keys}


def address(route, **of):
    return reverse(route.name, kwargs=place(route, **of))
