"""Spreadsheets out: what a list shows, in its scope, as a workbook or a .csv; journalled with filter, rows and hash."""

from dataclasses import dataclass, field

from django.db import transaction

from apps.core import clock
from apps.core.errors import Refused
from apps.core.numbers import show
from apps.exchange import official
from apps.exchange.choices import FileFormat
from apps.exchange.reads import reported, spooled, values_of
from apps.exchange.shown import shown_columns
from apps.exchange.writer import to_file, write_csv, write_list
from apps.journal import services as journal
from apps.ledger import registry
from apps.ledger.fields import faults_of
from apps.ledger.tables import key_of


@dataclass(frozen=True)
class Written:
    """A finished export. file: open and at its beginning.  detail: what the journal keeps of it."""

    file: object
    rows: int
    sha256: str
    target: str
    detail: dict = field(default_factory=dict)

    def journal(self, actor):
        """Enter the export in the journal, inside the caller's transaction."""
        journal.record(act="导出", actor=actor, target=self.target, detail=self.detail)


class ListSheet:
    """The rows `user` sees of a ledger's list as a sheet that can be counted and written.

    Raises Refused where the ledger has no spreadsheet, the post reads no business data, or a filter is not understood.
    """

    def __init__(self, wish, user):
        self.wish, self.ledger = wish, registry.get(wish.kind)
        if self.ledger is None or self.ledger.resource is None:
            raise Refused(f"“{self.ledger.label if self.ledger else wish.kind}”不能导出。")
        self.label = self.ledger.label
        self.filterset = self.ledger.filterset(user, wish.params)
        if not self.filterset.form.is_valid():
            raise Refused(f"筛选条件不正确，没有导出。{faults_of(self.filterset.form)}")
        self.conditions = self.filterset.sentence()
        self.day = self.filterset.day or clock.today()
        self._choose(user)

    def _choose(self, user):
        """Choose the columns `user` is shown, those of them that are added up, and the joins the rows need."""
        if self.wish.columns:
            entries = self.ledger.chosen(self.wish.columns, user)
            self.columns, self.totals = shown_columns(self.ledger, entries)
            self.joins, names = self.ledger.joins_of(entries), map(key_of, entries)
        else:
            resource, hidden = self.ledger.resource(user=user), self.ledger.hidden_from(user)
            self.columns = [column for column in resource.columns if column.name not in hidden]
            self.totals = [resource.fields[name] for name in resource.totals]
            self.joins, names = resource.relations, [column.name for column in self.columns]
        self.level = self.ledger.sensitivity_of(names)

    @property
    def name(self):
        """The name of the file."""
        return f"{self.label}{'（所列）' if self.wish.columns else ''}{self.day:%Y%m%d}.{self.wish.format}"

    @property
    def detail(self):
        chosen = {"columns": [column.title for column in self.columns]} if self.wish.columns else {}
        return chosen | ({"format": self.wish.format} if self.wish.format != FileFormat.XLSX else {})

    def count(self):
        return self.filterset.qs.count()

    def write(self, target, actor, paced=iter):
        """Write the sheet to a binary file and return the number of rows. paced: what the rows pass through on the way."""
        periods = set()
        rows = self._rows(paced, periods)
        if self.wish.format == FileFormat.CSV:
            return write_csv(target, self.columns, rows)
        sums = self.ledger.sums(self.filterset)
        by_title = {title: value for title, value, _ in sums}
        results = {column: by_title[column.title] for column in self.columns if column.title in by_title}
        units = dict.fromkeys(column.unit for column in self.columns if getattr(column, "unit", ""))
        unit = f"单位：{'、'.join(units)}，见列标题　" if units else ""
        said = f"截至：{self.day.isoformat()}　{unit}导出人：{actor.user}（{actor.post}）　{self.level.said}"
        return write_list(
            target,
            title=self.label,
            head=[f"条件：{self.conditions}", said],
            columns=self.columns,
            rows=rows,
            totals=self.totals,
            may_add_up=lambda: len(periods) < 2,
            results=results,
            feet=self._feet(sums, results),
        )

    def _feet(self, sums, results):
        """Return what the row of totals has no column for."""
        told = {column.title for column in results}
        return [f"{label} {show(value, places)}" for label, value, places in sums if value is not None and label not in told]

    def _rows(self, paced, met):
        """Yield the values of each row and collect the periods met: figures of different periods are not added up."""
        rows = self.filterset.qs.select_related(*self.joins)
        for period, values in paced(values_of(rows, self.columns, self.ledger.period)):
            met.add(period)
            yield values


def sheet_of(wish, user):
    """Return what can be counted and written for a wish. Raises Refused where `user` may not have it, or there is none."""
    if user.reach().nobody:
        raise Refused("您的岗位不接触业务数据，不能导出。")
    return official.FormSheet(wish, user) if wish.official else ListSheet(wish, user)


def write(*, sheet, actor, report=None):
    """Write a sheet to a temporary file and return it as Written; nothing is journalled yet.

    report: called about once a second with the number of rows written.
    """
    paced = (lambda rows: reported(spooled(rows), report)) if report else iter
    output, rows, digest = to_file(lambda file: sheet.write(file, actor, paced))
    detail = {"conditions": sheet.conditions, "rows": rows, "sha256": digest, "level": sheet.level.label, **sheet.detail}
    return Written(output, rows, digest, f"{sheet.label}：{rows} 条", detail)


def export(*, sheet, actor):
    """Write a sheet at once, journalled, and return it as Written."""
    written = write(sheet=sheet, actor=actor)
    with transaction.atomic():
        written.journal(actor)
    return written
