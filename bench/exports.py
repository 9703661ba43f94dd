"""Rows in the database -> a workbook: ours against django-import-export as it comes, on the same models and columns.

    python bench/exports.py [N] [ROUNDS]

N yearly facts (default 100000). A database of its own is made and dropped: a SQLite file in a temporary folder, or
`test_...` beside the one `DATABASE_URL` names. Each export runs in a process of its own, in turn. Printed are medians of
the time, of the processor's time (for a machine that is not idle), their ratios, and the most memory each took above
what it had at the start. Both files are compared.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinyun.settings")
FOLDER = tempfile.TemporaryDirectory()
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/bench.sqlite3")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from import_export.fields import Field  # noqa: E402
from import_export.resources import ModelResource  # noqa: E402
from openpyxl import load_workbook  # noqa: E402

from apps.accounts.models import Post, User  # noqa: E402
from apps.core.actor import Actor  # noqa: E402
from apps.enterprises.models import YearlyFact  # noqa: E402
from apps.exchange.exports import export, sheet_of  # noqa: E402
from apps.exchange.wishes import Wish  # noqa: E402
from apps.ledger import registry  # noqa: E402
from bench.regrade import fill, timed  # noqa: E402

KIND = "enterprise-facts"


class Stock(ModelResource):
    """The same columns with the library's own means; its queryset joins what the columns need, so that it is at its best."""

    enterprise = Field(attribute="enterprise__credit_code", column_name="统一社会信用代码")
    name = Field(attribute="enterprise__name", column_name="企业名称")
    scale = Field(attribute="get_scale_display", column_name="规模")

    class Meta:
        model = YearlyFact
        fields = [name.replace("enterprise__name", "name") for name in registry.get(KIND).resource._meta.fields]
        export_order = fields

    def get_queryset(self):
        return YearlyFact.objects.select_related("enterprise")


def stock(path):
    """Resource.export and the xlsx of it, as the library's admin does it."""
    with open(path, "wb") as file:
        file.write(Stock().export().xlsx)


def ours(path):
    """The export a person starts: scope, conditions, totals, hash and journal included."""
    user = User.objects.get(username="bench")
    written = export(sheet=sheet_of(Wish(KIND), user), actor=Actor.of(user))
    with written.file, open(path, "wb") as file:
        shutil.copyfileobj(written.file, file)


WAYS = {"ours": ours, "stock": stock}


def run(way, path):
    """Export in this process and print seconds, seconds of the processor, and the most memory (MB) beyond the start."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    seconds, _ = timed(WAYS[way], path)
    print(json.dumps([seconds, time.process_time() - started, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024]))


def measured(way, url):
    """Let a process of its own export and return what `run` prints."""
    told = subprocess.run(
        [sys.executable, __file__, way, f"{FOLDER.name}/{way}.xlsx"],
        env={**os.environ, "DATABASE_URL": url},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(told.stdout)


def compare(rows):
    """Stop where the two files do not say the same: the first 500 rows, row by row, and how many there are."""
    ours, stock = (load_workbook(f"{FOLDER.name}/{way}.xlsx", read_only=True).active for way in WAYS)
    first = [list(islice(sheet.iter_rows(min_row=start, values_only=True), 500)) for sheet, start in ((ours, 5), (stock, 2))]
    texts = [[["" if cell is None else str(cell).rstrip("0").rstrip(".") for cell in row] for row in part] for part in first]
    counted = sum(1 for row in stock.iter_rows(min_row=2, max_col=1, values_only=True) if row[0])
    if texts[0][:rows] != texts[1][:rows] or counted != rows:
        raise SystemExit("the two workbooks differ")


def main(count, rounds):
    sqlite = connection.vendor == "sqlite"
    connection.settings_dict["TEST"] |= {"MIGRATE": False, **({"NAME": f"{FOLDER.name}/test.sqlite3"} if sqlite else {})}
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    url = f"sqlite:///{name}" if sqlite else urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    try:
        fill(count)
        user = User.objects.create(username="bench", name="bench")
        Post.objects.create(user=user, role="per_mu", start="2018-01-01")
        connection.close()
        taken = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                taken[way].append(measured(way, url))
        compare(count)
    finally:
        connection.creation.destroy_test_db(None if sqlite else "postgres", verbosity=0)
    middle = {way: [statistics.median(values) for values in zip(*runs, strict=True)] for way, runs in taken.items()}
    columns = len(registry.get(KIND).resource._meta.fields)
    print(f"{connection.vendor}, {count} rows, {columns} columns, median of {rounds}")
    for way, (seconds, processor, memory) in middle.items():
        print(f"  {way:6} {seconds:8.2f} s  processor {processor:8.2f} s  {memory:8.1f} MB")
    print(f"  stock / ours {middle['stock'][0] / middle['ours'][0]:.1f}, of the processor {middle['stock'][1] / middle['ours'][1]:.1f}")


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] in WAYS:
        run(*sys.argv[1:3])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 3)
