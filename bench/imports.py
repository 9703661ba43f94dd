"""A workbook -> rows in the ledger: ours against stock django-import-export, and against reading alone.

    python bench/imports.py [ROWS] [ROUNDS] [--sheet facts|cases] [--without-default]

facts: ROWS of the widest sheet offices send us (`enterprise-facts`, 14 columns, five years of each enterprise). cases:
of the one ledger that has more (`land-cases`), the 20 columns in which a case is entered. ROWS is 20,000 where nothing
is said. A database of its own is made and dropped: a SQLite file in a temporary folder, or `test_...` beside the one
`DATABASE_URL` names. Every measurement is a process of its own, so that nobody profits from memory or caches of the
one before; they take turns. Medians, ratios and peak memory are printed, the ledgers compared. Stock imports have
neither verdicts nor staging, history or journal.

read      the file's cells by openpyxl, nothing else
default   the library as documented: a dry run, then the import
best      bulk writes, unchanged rows skipped, stored rows and what they refer to read at once; no dry run
ours      `import_workbook`: guard, child, verdicts, staged rows, trial, confirmation, history, journal
"""

import argparse
import datetime as dt
import io
import multiprocessing
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from operator import attrgetter, itemgetter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinyun.settings")
FOLDER = tempfile.TemporaryDirectory()
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/bench.sqlite3")
os.environ["VAR_DIR"] = FOLDER.name

import django  # noqa: E402

django.setup()

import xlsxwriter  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from import_export import resources, widgets  # noqa: E402
from import_export.fields import Field  # noqa: E402
from import_export.formats.base_formats import XLSX  # noqa: E402
from import_export.instance_loaders import BaseInstanceLoader  # noqa: E402
from openpyxl import load_workbook  # noqa: E402

from apps.accounts.choices import Role  # noqa: E402
from apps.accounts.models import Post, User  # noqa: E402
from apps.core.digest import digest  # noqa: E402
from apps.enterprises.ledgers import YearlyFactLedger  # noqa: E402
from apps.enterprises.models import Enterprise  # noqa: E402
from apps.enterprises.rules import check_character  # noqa: E402
from apps.exchange.models import Batch, NameInFile, Reading, StagedRow  # noqa: E402
from apps.land.ledgers import LandCaseLedger  # noqa: E402
from apps.ledger.history import writing  # noqa: E402
from apps.ledger.models import TrailEntry  # noqa: E402
from apps.platforms.models import Industry, Parcel, Town  # noqa: E402

get_resolver().url_patterns  # noqa: B018  (what a worker has loaded once and for all is not measured with its jobs)

TARGETS = {("default", "new"): 10, ("best", "new"): 1.5, ("best", "changed"): 4}  # so many times faster than these
MOST_OF_READING = 4  # so many times the reading may everything take
EACH = 5  # so many rows speak of one enterprise, of one parcel


# --- the two sheets -----------------------------------------------------------------------------------------------


class Facts:
    """Yearly figures, all columns of the ledger."""

    ledger, referred, code = YearlyFactLedger, Enterprise, "credit_code"
    names = [column.name for column in YearlyFactLedger.resource(user=None).columns]
    role, changed = Role.PER_MU, "tax"

    @staticmethod
    def fill(count, town):
        """Return `count` enterprises, not yet written."""
        industry = Industry.objects.bulk_create([Industry(code="x", name="示例产业", kind="other")])[0]
        codes = [first + check_character(first) for first in (f"91331122MA{number:07d}" for number in range(count))]
        of = {"scale": "above", "town": town, "industry": industry}
        return [Enterprise(credit_code=code, name=f"缙云县示例{number}机械制造有限公司", **of) for number, code in enumerate(codes)]

    @staticmethod
    def row(number, firm, figure):
        money, amount = [figure(2) for _ in range(5)], [figure(3), figure(4), figure(4)]
        return [firm.credit_code, firm.name, 2017 + number % EACH, "规上", *money, figure(0) % 500 + 5, figure(2), *amount]


class Cases:
    """Land to be handled, the columns in which a case is entered."""

    ledger, referred, code = LandCaseLedger, Parcel, "code"
    names = ["number", "land_class", "parcel", "area", "electronic_number", "contract_number", "bounds", "approved_by"]
    names += ["approval_number", "batch_name", "approved_on", "approved_area", "farmland_area", "basic_farmland_area"]
    names += ["planned_use", "plan_source", "boundary", "supplied_area", "supply_way", "price"]
    role, changed = Role.NATURAL, "price"

    @staticmethod
    def fill(count, town):
        """Return `count` parcels, not yet written."""
        return [Parcel(code=f"JY-{number:05d}", name=f"壶镇{number}号地块", town=town, area=9_000_000) for number in range(count)]

    @staticmethod
    def row(number, parcel, figure):
        kind, index, day = "ABC"[number // 9000], number % 9000, dt.date(2015, 1, 1) + dt.timedelta(number % 2000)
        farmland = figure(4)
        approved = farmland * 2 + 1000
        papers = [
            f"3311222015B{number:05d}",
            f"缙土让〔2015〕{number}号",
            f"东至{number}号路，南至河，西至山，北至规划路",
            "浙江省人民政府",
        ]
        plan = ["二类工业用地", "缙云县国土空间总体规划", "开发边界内", farmland, "挂牌出让", figure(2)]
        areas = [approved, farmland, round(farmland / 3, 4)]
        return [f"JY-2021-L{kind}-{index + 1:04d}", "批而未供", parcel.code, figure(4), *papers, f"浙土字〔2015〕{number % 300}号",
                f"2015年第{number % 40}批次", day, *areas, *plan]  # fmt: skip


SHEETS = {"facts": Facts, "cases": Cases}


# --- the county and its workbooks ---------------------------------------------------------------------------------


def fill(sheet, count):
    """Write what `count` rows refer to past the write path, only the import of the rows is measured; return it."""
    with writing(), transaction.atomic():
        town = Town.objects.bulk_create([Town(code="331122100", name="壶镇镇", kind="town")])[0]
        referred = sheet.referred.objects.bulk_create(sheet.fill(-(-count // EACH), town), batch_size=1000)
    user = User.objects.create(username="bench", name="测试", must_change_password=False)
    Post.objects.create(user=user, role=sheet.role, start=dt.date(2018, 1, 1))
    return referred


def write_books(sheet, referred, count):
    """Return the paths of two workbooks of `count` rows; in the second every tenth row has another figure."""
    rng = random.Random(count)

    def figure(places):
        return rng.randint(100, 9_000_000) / 10**places if places else rng.randint(100, 9_000_000)

    rows = [sheet.row(number, referred[number // EACH], figure) for number in range(count)]
    paths = {"new": f"{FOLDER.name}/new.xlsx", "changed": f"{FOLDER.name}/changed.xlsx"}
    titles = [columns(sheet)[name].title for name in sheet.names]
    write_book(paths["new"], titles, rows)
    place = sheet.names.index(sheet.changed)
    for row in rows[::10]:
        row[place] += 1
    write_book(paths["changed"], titles, rows)
    return paths


def write_book(path, titles, rows):
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet("数据")
        page.write_row(0, 0, titles)
        for number, row in enumerate(rows, start=1):
            page.write_row(number, 0, row)


def columns(sheet):
    """Return name -> Column of the ledger's resource."""
    return sheet.ledger.resource(user=None).fields


def stored(sheet):
    """Return the fields the sheet fills."""
    return [column.model_field for column in map(columns(sheet).get, sheet.names) if column.model_field]


# --- stock django-import-export -----------------------------------------------------------------------------------


class Labels(widgets.CharWidget):
    def __init__(self, choices):
        self.values = {label: value for value, label in choices}
        super().__init__()

    def clean(self, value, row=None, **kwargs):
        return self.values[super().clean(value)]


class Day(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        return value.date()  # cells of days come as moments


class Known(widgets.ForeignKeyWidget):
    """What rows refer to, read once."""

    known = None

    def clean(self, value, row=None, **kwargs):
        if self.known is None:
            self.known = {getattr(record, self.field): record for record in self.model.objects.all()}
        return self.known[value]


WIDGETS = {models.IntegerField: widgets.IntegerWidget, models.DecimalField: widgets.DecimalWidget, models.DateField: Day}


def widget_of(sheet, field, reference):
    if field.is_relation:
        return reference(sheet.referred, sheet.code)
    if field.choices:
        return Labels(field.choices)
    return next((widget() for kind, widget in WIDGETS.items() if isinstance(field, kind)), widgets.CharWidget())


def resource_of(sheet, reference, **options):
    """Return a resource as an office would write it."""
    titles, keys = {name: column.title for name, column in columns(sheet).items()}, sheet.ledger.resource._meta.import_id_fields
    fields = {
        field.name: Field(attribute=field.name, column_name=titles[field.name], widget=widget_of(sheet, field, reference))
        for field in stored(sheet)
    }
    meta = type("Meta", (), {"model": sheet.ledger.model, "fields": list(fields), "import_id_fields": keys, **options})
    return type(resources.ModelResource)("Stock", (resources.ModelResource,), {**fields, "Meta": meta})


class Preloaded(BaseInstanceLoader):
    """The stored rows, read once."""

    def __init__(self, resource, dataset=None):
        super().__init__(resource, dataset)
        keys = [resource.fields[name] for name in resource._meta.import_id_fields]
        of_record = attrgetter(*(f"{key.attribute}.{key.widget.field}" if hasattr(key.widget, "field") else key.attribute for key in keys))
        self.of_row = itemgetter(*(key.column_name for key in keys))
        links = [field.name for field in resource._meta.model._meta.fields if field.is_relation and field.name in resource.fields]
        found = resource._meta.model.objects.select_related(*links)
        self.known = {of_record(record): record for record in found}

    def get_instance(self, row):
        return self.known.get(self.of_row(row))


BEST = {
    "instance_loader_class": Preloaded,
    "use_bulk": True,
    "batch_size": 1000,
    "skip_unchanged": True,
    "report_skipped": False,
    "skip_html_diff": True,
}


def stock(resource_class, path, dry_runs):
    dataset = XLSX().create_dataset(Path(path).read_bytes())
    with writing():
        for dry_run in dry_runs:
            done = resource_class().import_data(dataset, dry_run=dry_run, raise_errors=True, use_transactions=True)
    assert not done.has_errors()


# --- the contestants ----------------------------------------------------------------------------------------------


def read(sheet, path):
    for row in load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True):
        len(row)


def default(sheet, path):
    stock(resource_of(sheet, widgets.ForeignKeyWidget), path, [True, False])


def best(sheet, path):
    stock(resource_of(sheet, Known, **BEST), path, [False])


def ours(sheet, path):
    call_command("import_workbook", sheet.ledger.code, path, "--as", "bench", "--json", stdout=io.StringIO())


CONTESTANTS = [read, default, best, ours]


def measured(act, *given):
    """Run `act` in a process of its own; return {"seconds", "cpu" of it and its children, "peak" growth and "child" in MB}."""
    connection.close()
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_measure, args=(act, given, sender))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def _measure(act, given, sender):
    connection.ensure_connection()
    before, began = memory("VmRSS"), time.perf_counter()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the parent
    act(*given)
    seconds = time.perf_counter() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(part.ru_utime + part.ru_stime for part in used)
    sender.send({"seconds": seconds, "cpu": cpu, "peak": memory("VmHWM") - before, "child": used[1].ru_maxrss / 1024})
    connection.close()


def memory(name):
    """Return a figure of this process's memory in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) / 1024


# --- taking turns -------------------------------------------------------------------------------------------------


def empty(sheet):
    """Take away what the contestant before wrote."""
    with connection.cursor() as cursor:
        for model in (sheet.ledger.model.history.model, sheet.ledger.model, TrailEntry, StagedRow, NameInFile, Reading, Batch):
            cursor.execute(f"{'TRUNCATE' if connection.vendor == 'postgresql' else 'DELETE FROM'} {model._meta.db_table}{CASCADE}")


CASCADE = " CASCADE" if connection.vendor == "postgresql" else ""


def written(sheet):
    """Return a digest of the ledger's values, for the comparison."""
    return digest(sheet.ledger.model.objects.values_list(*(field.name for field in stored(sheet))))


def measure(sheet, contestants, paths, rounds):
    """Return (contestant, "new" | "changed") -> measurements of every round."""
    taken = {}
    for _ in range(rounds):
        found = set()
        for act in contestants:
            empty(sheet)
            for kind, path in paths.items():
                if act is not read or kind == "new":
                    taken.setdefault((act.__name__, kind), []).append(measured(act, sheet, path))
            if act is not read:
                found.add(written(sheet))
        if len(found) != 1:
            raise SystemExit("the imports wrote different values")
    return taken


def tell(taken):
    middle = {key: {name: statistics.median(one[name] for one in rounds) for name in rounds[0]} for key, rounds in taken.items()}
    for (name, kind), figures in middle.items():
        print(
            f"  {name:8} {kind:8} {figures['seconds']:8.2f} s  {figures['cpu']:8.2f} s CPU"
            f"  peak +{figures['peak']:.0f} MB, child {figures['child']:.0f} MB"
        )
    for measure in ("seconds", "cpu"):
        print(f"  by {measure}:")
        reading = middle["read", "new"][measure]
        for kind in ("new", "changed"):
            print(f"    {kind}: {middle['ours', kind][measure] / reading:.1f} x reading (at most {MOST_OF_READING})")
        for (name, kind), least in TARGETS.items():
            if (name, kind) in middle:
                print(
                    f"    {kind}: {middle[name, kind][measure] / middle['ours', kind][measure]:.1f} x faster than {name} (at least {least})"
                )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=20_000)
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--without-default", action="store_true", help="leave out the slow one")
    parser.add_argument("--sheet", choices=SHEETS, default="facts")
    given = parser.parse_args()
    sheet = SHEETS[given.sheet]
    vendor = connection.vendor
    connection.settings_dict["TEST"] |= {"MIGRATE": False, **({"NAME": f"{FOLDER.name}/test.sqlite3"} if vendor == "sqlite" else {})}
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        paths = write_books(sheet, fill(sheet, given.rows), given.rows)
        contestants = [act for act in CONTESTANTS if act is not default or not given.without_default]
        taken = measure(sheet, contestants, paths, given.rounds)
    finally:
        connection.creation.destroy_test_db(None if vendor == "sqlite" else "postgres", verbosity=0)
    print(f"{vendor}, {given.rows} rows x {len(sheet.names)} columns, median of {given.rounds}")
    tell(taken)


if __name__ == "__main__":
    main()
