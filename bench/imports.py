"""A workbook of yearly figures -> rows in the ledger: ours against stock django-import-export, and against reading alone.

    python bench/imports.py [ROWS] [ROUNDS] [--without-default]

ROWS of the widest sheet offices send us (`enterprise-facts`, 14 columns; default 20,000 rows, five years of each
enterprise). A database of its own is made and dropped: a SQLite file in a temporary folder, or `test_...` beside the
one `DATABASE_URL` names. Every measurement is a process of its own, so that nobody profits from memory or caches of the
one before; they take turns. Medians, ratios and peak memory are printed, the ledgers compared. Stock imports have
neither verdicts nor staging, history or journal.

read      the file's cells by openpyxl, nothing else
default   the library as documented: a dry run, then the import
best      bulk writes, unchanged rows skipped, stored rows and enterprises read at once; no dry run
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
from django.db import connection, transaction  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from import_export import resources, widgets  # noqa: E402
from import_export.fields import Field  # noqa: E402
from import_export.formats.base_formats import XLSX  # noqa: E402
from import_export.instance_loaders import BaseInstanceLoader  # noqa: E402
from openpyxl import load_workbook  # noqa: E402

from apps.accounts.choices import Role  # noqa: E402
from apps.accounts.models import Post, User  # noqa: E402
from apps.core.digest import digest  # noqa: E402
from apps.enterprises.choices import Scale  # noqa: E402
from apps.enterprises.ledgers import YearlyFactLedger  # noqa: E402
from apps.enterprises.models import Enterprise, YearlyFact  # noqa: E402
from apps.enterprises.rules import check_character  # noqa: E402
from apps.exchange.models import Batch, NameInFile, Reading, StagedRow  # noqa: E402
from apps.ledger.history import writing  # noqa: E402
from apps.platforms.models import Industry, Town  # noqa: E402

get_resolver().url_patterns  # noqa: B018  (what a worker has loaded once and for all is not measured with its jobs)

COLUMNS = YearlyFactLedger.resource(user=None).columns
YEARS = range(2017, 2022)
FIGURES = {
    "output": 2,
    "revenue": 2,
    "value_added": 2,
    "profit": 2,
    "tax": 2,
    "staff": 0,
    "rd_expense": 2,
    "energy": 3,
    "power": 4,
    "discharge": 4,
}
TARGETS = {("default", "new"): 10, ("best", "new"): 1.5, ("best", "changed"): 4}  # so many times faster than these
MOST_OF_READING = 4  # so many times the reading may everything take
LABELS = {label: value for value, label in Scale.choices}


# --- the county and its workbooks ---------------------------------------------------------------------------------


def fill(count):
    """Write the enterprises past the write path: only the import of their figures is measured. Return their codes and names."""
    with writing(), transaction.atomic():
        town = Town.objects.bulk_create([Town(code="331122100", name="壶镇镇", kind="town")])[0]
        industry = Industry.objects.bulk_create([Industry(code="x", name="示例产业", kind="other")])[0]
        firsts = [f"91331122MA{number:07d}" for number in range(count)]
        names = {first + check_character(first): f"缙云县示例{number}机械制造有限公司" for number, first in enumerate(firsts)}
        firms = [Enterprise(credit_code=code, name=name, scale="above", town=town, industry=industry) for code, name in names.items()]
        Enterprise.objects.bulk_create(firms, batch_size=1000)
    user = User.objects.create(username="bench", name="测试", must_change_password=False)
    Post.objects.create(user=user, role=Role.PER_MU, start=dt.date(2018, 1, 1))
    return list(names.items())


def write_books(firms, count):
    """Return the paths of two workbooks of `count` rows; in the second every tenth row says another tax."""
    rng = random.Random(count)
    rows = []
    for number in range(count):
        code, name = firms[number // len(YEARS)]
        figures = [rng.randint(100, 9_000_000) / 10**places if places else rng.randint(5, 500) for places in FIGURES.values()]
        rows.append([code, name, YEARS[number % len(YEARS)], "规上", *figures])
    paths = {"new": f"{FOLDER.name}/new.xlsx", "changed": f"{FOLDER.name}/changed.xlsx"}
    write_book(paths["new"], rows)
    place = [column.name for column in COLUMNS].index("tax")
    for row in rows[::10]:
        row[place] += 1
    write_book(paths["changed"], rows)
    return paths


def write_book(path, rows):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, [column.title for column in COLUMNS])
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)


# --- stock django-import-export -----------------------------------------------------------------------------------


class ScaleWidget(widgets.CharWidget):
    def clean(self, value, row=None, **kwargs):
        return LABELS[super().clean(value)]


def titled(name, widget):
    title = next(column.title for column in COLUMNS if column.name == name)
    return Field(attribute=name, column_name=title, widget=widget)


class Default(resources.ModelResource):
    enterprise = titled("enterprise", widgets.ForeignKeyWidget(Enterprise, "credit_code"))
    year = titled("year", widgets.IntegerWidget())
    scale = titled("scale", ScaleWidget())
    for name, places in FIGURES.items():
        locals()[name] = titled(name, widgets.DecimalWidget() if places else widgets.IntegerWidget())

    class Meta:
        model = YearlyFact
        fields = ["enterprise", "year", "scale", *FIGURES]
        import_id_fields = ["enterprise", "year"]


class KnownFirm(widgets.ForeignKeyWidget):
    """Enterprises read once."""

    known = None

    def clean(self, value, row=None, **kwargs):
        if self.known is None:
            self.known = {firm.credit_code: firm for firm in Enterprise.objects.all()}
        return self.known[value]


class Preloaded(BaseInstanceLoader):
    def __init__(self, resource, dataset=None):
        super().__init__(resource, dataset)
        self.known = {(fact.enterprise.credit_code, fact.year): fact for fact in YearlyFact.objects.select_related("enterprise")}

    def get_instance(self, row):
        return self.known.get((row[COLUMNS[0].title], int(row[COLUMNS[2].title])))


class Best(Default):
    enterprise = titled("enterprise", KnownFirm(Enterprise, "credit_code"))

    class Meta(Default.Meta):
        instance_loader_class = Preloaded
        use_bulk = True
        batch_size = 1000
        skip_unchanged = True
        report_skipped = False
        skip_html_diff = True


def stock(resource_class, path, dry_runs):
    dataset = XLSX().create_dataset(Path(path).read_bytes())
    with writing():
        for dry_run in dry_runs:
            done = resource_class().import_data(dataset, dry_run=dry_run, raise_errors=True, use_transactions=True)
    assert not done.has_errors()


# --- the contestants ----------------------------------------------------------------------------------------------


def read(path):
    for row in load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True):
        len(row)


def default(path):
    stock(Default, path, [True, False])


def best(path):
    stock(Best, path, [False])


def ours(path):
    call_command("import_workbook", YearlyFactLedger.code, path, "--as", "bench", "--json", stdout=io.StringIO())


CONTESTANTS = [read, default, best, ours]


def measured(act, path):
    """Run `act` in a process of its own; return {"seconds", "cpu" of it and its children, "peak" growth and "child" in MB}."""
    connection.close()
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_measure, args=(act, path, sender))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        process.join()


def _measure(act, path, sender):
    connection.ensure_connection()
    before, began = memory("VmRSS"), time.perf_counter()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the parent
    act(path)
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


def empty():
    """Take away what the contestant before wrote."""
    with connection.cursor() as cursor:
        for model in (YearlyFact.history.model, YearlyFact, StagedRow, NameInFile, Reading, Batch):
            cursor.execute(f"{'TRUNCATE' if connection.vendor == 'postgresql' else 'DELETE FROM'} {model._meta.db_table}{CASCADE}")


CASCADE = " CASCADE" if connection.vendor == "postgresql" else ""


def written():
    """Return a digest of the ledger's figures, for the comparison."""
    return digest(YearlyFact.objects.values_list("enterprise", "year", "scale", *FIGURES))


def measure(contestants, paths, rounds):
    """Return (contestant, "new" | "changed") -> measurements of every round."""
    taken = {}
    for _ in range(rounds):
        found = set()
        for act in contestants:
            empty()
            for kind, path in paths.items():
                if act is not read or kind == "new":
                    taken.setdefault((act.__name__, kind), []).append(measured(act, path))
            if act is not read:
                found.add(written())
        if len(found) != 1:
            raise SystemExit("the imports wrote different figures")
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
    given = parser.parse_args()
    vendor = connection.vendor
    connection.settings_dict["TEST"] |= {"MIGRATE": False, **({"NAME": f"{FOLDER.name}/test.sqlite3"} if vendor == "sqlite" else {})}
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        paths = write_books(fill(-(-given.rows // len(YEARS))), given.rows)
        contestants = [act for act in CONTESTANTS if act is not default or not given.without_default]
        taken = measure(contestants, paths, given.rounds)
    finally:
        connection.creation.destroy_test_db(None if vendor == "sqlite" else "postgres", verbosity=0)
    print(f"{vendor}, {given.rows} rows x {len(COLUMNS)} columns, median of {given.rounds}")
    tell(taken)


if __name__ == "__main__":
    main()
