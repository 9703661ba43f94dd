"""One example of every kind of job there is; a kind without one fails tests/jobs/test_twice.py."""

import tempfile
from decimal import Decimal
from pathlib import Path

from apps.assessments.services import open_round
from apps.core.actor import Actor
from apps.exchange import files
from apps.exchange.asking import asked
from apps.exchange.exports import sheet_of
from apps.exchange.wishes import Wish
from tests import factories as make
from tests.exchange import books


def a_year():
    make.yearly(make.enterprise(), 2020, tax=Decimal(300))
    return {"year": 2020}


def a_round():
    make.target(of=make.unit(), on=make.indicator())
    return {"round": open_round(scheme=make.scheme(), quarter=3, actor=make.SYSTEM).pk}


def a_night():
    return {"day": "2026-01-31"}


def a_large_export():
    make.enterprise()
    actor, wish = make.Actor.of(make.person("asks", "per_mu")), Wish("enterprises")
    record = files.ask(wish=wish, sheet=sheet_of(wish, actor.user), actor=actor)
    return {"file": str(record.pk), "name": record.name}


def a_file(take=books.taken_in, **more):
    firm, clerk = make.enterprise(), make.person(f"clerk_{take.__name__}", "per_mu")
    with tempfile.TemporaryDirectory() as folder:
        path = books.book(Path(folder) / "a.xlsx", books.FACT, [firm.credit_code, firm.name, 2020, "规上", 100, 3])
        return asked(take("enterprise-facts", path, clerk), Actor.of(clerk), **more)


def a_judged_file():
    return a_file(books.staged, good_rows=False)


EXAMPLES = {
    "grading.regrade": a_year,
    "grading.refresh": dict,
    "assessments.recalculate": a_round,
    "journal.verify": a_night,
    "people.close_unused": a_night,
    "people.keep_lapsed": a_night,
    "people.clear_sessions": a_night,
    "alarms.watch": a_night,
    "ledger.remind": a_night,
    "ledger.verify": a_night,
    "exchange.export": a_large_export,
    "exchange.expire": a_night,
    "exchange.stage": a_file,
    "exchange.confirm": a_judged_file,
    "exchange.clear": a_night,
}
