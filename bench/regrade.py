"""Rows in the database -> grades in the database: ours against the floor (read + write, nothing computed) and an ORM loop.

    python bench/regrade.py [N] [ROUNDS]

N enterprises (default 3500). A database of its own is made and dropped: a SQLite file in a temporary folder, or
`test_...` beside the one `DATABASE_URL` names. All take turns; medians and ratios are printed, the grades compared.
`fixed` is the job for a year with one enterprise: queue, journal, commits, and the land of all. The loop takes
minutes with many and is left out above 20,000.
"""

import datetime as dt
import os
import random
import statistics
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinyun.settings")
FOLDER = tempfile.TemporaryDirectory()
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/bench.sqlite3")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Sum  # noqa: E402

from apps.core.actor import Actor  # noqa: E402
from apps.enterprises.models import Enterprise, LandOccupation, YearlyFact  # noqa: E402
from apps.enterprises.rules import check_character  # noqa: E402
from apps.grading import methods, selectors, services  # noqa: E402
from apps.grading.models import GradeResult, GradingRun  # noqa: E402
from apps.grading.rules.evaluation import grade_of_rank  # noqa: E402
from apps.jobs.models import Job  # noqa: E402
from apps.jobs.services import run_here  # noqa: E402
from apps.ledger.history import writing  # noqa: E402
from apps.platforms.models import Industry, Parcel, Town  # noqa: E402

YEAR = 2020
ACTOR = Actor.system("bench")
METHOD = methods.get("huangyan-2022")
REPORTED = [field.name for field in selectors.REPORTED]
LOOP_MOST = 20_000
COLUMNS = [field.column for field in GradeResult._meta.concrete_fields if not field.primary_key]
WRITE = {"sqlite": "INSERT INTO {table} ({columns}) VALUES ({marks})", "postgresql": "COPY {table} ({columns}) FROM STDIN"}


def fill(count):
    """Write a county of `count` enterprises, one in sixteen 规上, past the write path: only grading is measured."""
    rng = random.Random(count)
    with writing(), transaction.atomic():
        town = Town.objects.bulk_create([Town(code="331122100", name="壶镇镇", kind="town")])[0]
        industry = Industry.objects.bulk_create([Industry(code="x", name="示例产业", kind="other")])[0]
        firms = [
            Enterprise(credit_code=code(number), name=f"示例{number}厂", scale=scale(number), town=town, industry=industry)
            for number in range(count)
        ]
        firms = Enterprise.objects.bulk_create(firms, batch_size=1000)
        YearlyFact.objects.bulk_create([fact(firm, number, rng) for number, firm in enumerate(firms)], batch_size=1000)
        YearlyFact.objects.bulk_create([fact(firms[0], 0, rng, YEAR - 1)])
        land = [Parcel(code=f"Z{number}", name="示例", town=town, area=area(rng)) for number in range(count)]
        land = Parcel.objects.bulk_create(land, batch_size=1000)
        start = dt.date(2015, 1, 1)
        held = [
            LandOccupation(enterprise=firm, parcel=parcel, kind="owned", area=parcel.area, start=start)
            for firm, parcel in zip(firms, land, strict=True)
        ]
        LandOccupation.objects.bulk_create(held, batch_size=1000)


def code(number):
    first = f"91331122MA{number:07d}"
    return first + check_character(first)


def scale(number):
    return "below" if number % 16 else "above"


def area(rng):
    return Decimal(rng.randint(10_000, 900_000)).scaleb(-4)


def fact(firm, number, rng, year=YEAR):
    """Return a year's figures; every fifth enterprise has no discharge data."""

    def money(most):
        return Decimal(rng.randint(100, most * 100)).scaleb(-2)

    return YearlyFact(
        enterprise=firm, year=year, scale=firm.scale, tax=money(900), value_added=money(5000), revenue=money(20000), rd_expense=money(500),
        staff=rng.randint(5, 500), energy=money(3000), power=money(900), discharge=money(5) if number % 5 else None,
    )  # fmt: skip


def ours(year=YEAR):
    """The job as people start it: queued, run, journal and pointer included. Return the run."""
    return GradingRun.objects.get(job=run_here(services.request_run(year=year, method=METHOD.code, actor=ACTOR).pk))


def floor(rows):
    """Read what an evaluation reads and write `rows` as fast as the driver can, to the end: keys checked, committed."""
    facts = YearlyFact.objects.live().filter(year=YEAR).values_list("enterprise_id", "enterprise__credit_code", "scale", *REPORTED)
    land = LandOccupation.objects.live().values_list("enterprise_id", "kind", "area")
    names = ", ".join(connection.ops.quote_name(column) for column in COLUMNS)
    statement = WRITE[connection.vendor].format(table=GradeResult._meta.db_table, columns=names, marks=", ".join(["%s"] * len(COLUMNS)))
    with connection.cursor() as cursor, transaction.atomic():
        for read in (facts, land):
            cursor.execute(*read.query.sql_with_params())
            cursor.fetchall()
        if connection.vendor == "sqlite":
            cursor.executemany(statement, rows)
        else:
            with cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)


def prepare(run, other):
    """Return the results of `run` as the driver's own values, to be written as results of `other`."""
    names = ", ".join(connection.ops.quote_name(column) for column in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {GradeResult._meta.db_table} WHERE run_id = %s", [run.pk])
        place = COLUMNS.index("run_id")
        return [(*row[:place], other.pk, *row[place + 1 :]) for row in cursor.fetchall()]


def loop(run):
    """What a first draft does: one enterprise after the other, Decimals, `save()` for every result."""
    facts = YearlyFact.objects.live().filter(year=YEAR)
    totals = {"above": [], "below": []}
    for item in facts:
        land = item.enterprise.occupations.live().aggregate(area=Sum("area"))["area"]
        figures = {**vars(item), "land": land}
        totals[item.scale].append((total(figures, METHOD.groups[item.scale]), item, land))
    for rows in totals.values():
        rows.sort(key=lambda row: row[0], reverse=True)
        rank, last = 0, None
        for place, (points, item, land) in enumerate(rows, 1):
            rank, last = (rank if points == last else place), points
            grade = "D" if item.tax < 3 * land else grade_of_rank(rank, len(rows), (20, 45, 30, 5))
            result = GradeResult(run=run, enterprise_id=item.enterprise_id, group=item.scale, tax=item.tax, land=land, scores=[], trail=[])
            result.total, result.rank, result.size, result.grade = points, rank, len(rows), grade
            result.save()


def total(figures, group):
    """Return the capped total in Decimals; 8 points where the discharge is missing."""
    points = Decimal(0)
    for indicator in group.indicators:
        top, bottom = figures[indicator.formula.numerator], figures[indicator.formula.denominator]
        weight = indicator.weight.value
        points += min(top / bottom / indicator.benchmark.value * weight, weight * Decimal("1.5")) if bottom else 8
    return points


def copy_of(run):
    """Return an empty run beside `run`, for the loop to hang its results on."""
    run = GradingRun.objects.get(pk=run.pk)
    run.pk, run._state.adding = None, True
    run.job = Job.objects.create(kind="grading.regrade", key=f"bench {time.perf_counter_ns()}", state="done")
    run.save()
    return run


def timed(act, *args):
    began = time.perf_counter()
    answer = act(*args)
    return time.perf_counter() - began, answer


def measure(rounds):
    """Let them take turns; return name -> seconds of every round."""
    taken = {"ours": [], "fixed": [], "floor": [], "loop": []}
    for _ in range(rounds):
        seconds, run = timed(ours)
        taken["ours"].append(seconds)
        taken["fixed"].append(timed(ours, YEAR - 1)[0])
        taken["floor"].append(timed(floor, prepare(run, copy_of(run)))[0])
        if run.population <= LOOP_MOST:
            other = copy_of(run)
            taken["loop"].append(timed(loop, other)[0])
            compare(run, other)
    return taken


def compare(run, other):
    """Stop when the two ways grade 规下 differently (for 规上 the loop puts a fixed 8 for missing discharge)."""
    ours, theirs = (dict(item.results.filter(group="below").values_list("enterprise", "grade")) for item in (run, other))
    if ours != theirs:
        raise SystemExit("the loop and the set-based run disagree")


def main(count, rounds):
    connection.settings_dict["TEST"] |= {
        "MIGRATE": False,
        **({"NAME": f"{FOLDER.name}/test.sqlite3"} if connection.vendor == "sqlite" else {}),
    }
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill(count)
        middle = {name: statistics.median(values) for name, values in measure(rounds).items() if values}
    finally:
        connection.creation.destroy_test_db(None if connection.vendor == "sqlite" else "postgres", verbosity=0)
    print(f"{connection.vendor}, {count} enterprises, median of {rounds}")
    for name, seconds in middle.items():
        print(f"  {name:6} {seconds:8.3f} s")
    print(f"  ours / floor {middle['ours'] / middle['floor']:.2f}")
    if "loop" in middle:
        print(f"  loop / ours  {middle['loop'] / middle['ours']:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3500, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
