"""What a reconciliation sends out: a workbook with a sheet per kind of finding, and a text to copy for each office."""

from django.db import transaction

from apps.core import clock
from apps.core.numbers import half_up, show
from apps.enterprises.choices import FindingKind, Office
from apps.enterprises.models import Enterprise, LandOccupation, MonthlyFact, YearlyFact
from apps.exchange.widgets import CellWidget, CodeWidget, NumberWidget
from apps.exchange.writer import Heading, to_file, write_book
from apps.journal import services as journal
from apps.ledger import registry
from apps.platforms.models import Parcel

LINES = 30  # of one kind in the text for one office; the workbook has them all
WHOSE = [("部门", CellWidget()), ("企业（宗地）", CellWidget()), ("代码", CodeWidget()), ("统计区域", CellWidget())]
COMPARED = [("指标", CellWidget()), ("单位", CellWidget())]
PAIRS = {FindingKind.DIFFERS: ("报数", "对照数"), FindingKind.CHANGED: ("本年数", "上年数")}
SOURCES = [("报数来源", CellWidget()), ("对照数来源", CellWidget()), ("宗地上的企业", CellWidget())]
COMPARED_LEDGERS = (Enterprise, YearlyFact, MonthlyFact, LandOccupation, Parcel)
ZERO = "“相差”空白的，对照数为 0，不能计算百分比。"
ASKED = "没有数据不等于零：缺数据的不参加比较。"


def percent(number):
    """Write the share as people say it: 30, 12.5."""
    return f"{number.normalize():f}"


def in_words(kind, share):
    """Say what a kind of finding is at this share."""
    return f"比上年变动超过 {percent(share)}%" if kind == FindingKind.CHANGED else FindingKind(kind).label


def export(*, findings, year, share, words, actor):
    """Write the findings as a workbook; return (open temporary file, rows, sha256), the export journalled.

    words: [(label, value)] of what the page is filtered by.
    """
    level = registry.level_of(*COMPARED_LEDGERS)
    chosen = "；".join(f"{label}：{value}" for label, value in words) or "全部"
    head = [
        f"{year}年　条件：{chosen}",
        f"截至：{clock.today().isoformat()}　导出人：{actor.user}（{actor.post}）　{level.said}",
    ]
    sheets = [_sheet(kind, share, head, findings) for kind in FindingKind]
    output, count, digest = to_file(lambda file: write_book(file, sheets))
    with transaction.atomic():
        detail = {"year": year, "share": percent(share), "conditions": chosen, "rows": count, "sha256": digest, "level": level.label}
        journal.record(act="导出", actor=actor, target=f"{year}年数据核对：{count} 项", detail=detail)
    return output, count, digest


def _sheet(kind, share, head, findings):
    """Return the keywords of `write_sheet` for one kind."""
    rows = [finding for finding in findings if finding.kind == kind]
    sheet = {"title": in_words(kind, share), "head": head}
    if kind == FindingKind.MISSING:
        return sheet | {"columns": _headings([*WHOSE, ("缺的数据", CellWidget())]), "rows": (_missing(row) for row in rows)}
    figures = [(title, NumberWidget(4)) for title in PAIRS[kind]]
    columns = [*WHOSE, *COMPARED, *figures, ("相差（%）", NumberWidget(2)), *(SOURCES if kind == FindingKind.DIFFERS else [])]
    return sheet | {"columns": _headings(columns), "rows": (_compared(row) for row in rows), "feet": [ZERO, ASKED]}


def _headings(columns):
    return [Heading(title, widget) for title, widget in columns]


def _whose(finding):
    subject = finding.subject
    return [str(Office(finding.office).label), subject.name, subject.code, subject.place]


def _missing(finding):
    return [*_whose(finding), finding.figure]


def _compared(finding):
    told = [*_whose(finding), finding.figure, finding.unit, finding.first, finding.second, half_up(finding.share, 2)]
    return [*told, *finding.sources, finding.subject.holders] if finding.kind == FindingKind.DIFFERS else told


def text(findings, year, share):
    """Return the text to send (复制催办): by office, within it by kind; empty where nothing is found."""
    return "\n\n".join("\n".join(_of_office(office, findings, year, share)) for office in Office if _of(findings, office))


def _of(findings, office, kind=None):
    return [finding for finding in findings if finding.office == office and kind in (None, finding.kind)]


def _of_office(office, findings, year, share):
    yield f"【催办】{office.label}：请核对{year}年数据"
    for kind in FindingKind:
        rows = _of(findings, office, kind)
        if rows:
            yield f"{in_words(kind, share)} {len(rows)} 项："
        for number, finding in enumerate(rows[:LINES], start=1):
            yield f"{number}. {_line(finding)}"
        if len(rows) > LINES:
            yield f"其余 {len(rows) - LINES} 项见数据核对表。"


def _line(finding):
    who = f"{finding.subject.name}（{finding.subject.code}）"
    if finding.kind == FindingKind.MISSING:
        return f"{who}缺：{finding.figure}。"
    (one, two), unit = finding.sources, finding.unit
    apart = f"相差 {show(finding.share)}%" if finding.share is not None else "对照数为 0"
    first, second = show(finding.first, finding.places), show(finding.second, finding.places)
    return f"{who}{finding.figure}：{one} {first} {unit}，{two} {second} {unit}，{apart}。"
