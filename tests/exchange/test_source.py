"""A file is begun with before it is read to its end, wherever all its data stand in one sheet."""

import openpyxl
import pytest

from apps.enterprises.models import YearlyFact
from apps.exchange.models import StagedRow
from apps.exchange.reading import DAMAGED, HEAD, Unreadable
from apps.exchange.source import Source
from tests.exchange.books import FACT, book, load
from tests.exchange.corpus.files import archive, parts
from tests.factories import enterprise

pytestmark = pytest.mark.django_db
LONG = 20 * HEAD
SHEET = "xl/worksheets/sheet1.xml"


def long_book(path, sheets=(), last=None, merged=()):
    """Write a workbook of LONG rows and return its path.  sheets: (title, first cell) of others.  last: the text in CC of the last row."""
    made = openpyxl.Workbook()
    made.active.title = "数据"
    for number in range(1, LONG + 1):
        made.active.append([f"第{number}行", number])
    if last:
        made.active.cell(LONG, 81, last)
    for area in merged:
        made.active.merge_cells(area)
    for title, first in sheets:
        made.create_sheet(title)["A1"] = first
    made.save(path)
    return path


def changed(path, before, after):
    """Change what stands in the first sheet of a workbook; return its path."""
    inside = parts(path.read_bytes())
    assert before in inside[SHEET]
    path.write_bytes(archive(inside | {SHEET: inside[SHEET].replace(before, after)}))
    return path


def begun_and_read(path):
    """Return (whether the sheets were known when their rows were asked for, how many rows each has)."""
    with Source(path) as source:
        return [sheet.whole for sheet in source.sheets], [len(list(sheet.rows())) for sheet in source.sheets]


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ((), ([False], [LONG])),
        ((("Sheet2", None), ("Sheet3", None)), ([False], [LONG])),  # empty, as older programs leave them
        ((("去年", "x"),), ([True, True], [LONG, 1])),  # which of them is meant cannot be said before both are read
    ],
)
def test_a_sheet_is_begun_with_before_its_last_row_is_read(tmp_path, sheets, expected):
    assert begun_and_read(long_book(tmp_path / "a.xlsx", sheets)) == expected


def test_a_short_sheet_is_read_at_once(tmp_path):
    assert begun_and_read(book(tmp_path / "a.xlsx", ["甲"], ["乙"])) == ([True], [2])


def test_what_lies_behind_the_rows_is_known_where_it_is_needed(tmp_path):
    """Merged areas before the header is looked for; what stands beyond the columns that are read once all rows were."""
    path = long_book(tmp_path / "a.xlsx", last="很远", merged=["A1:B1", "A5:A9", f"A{LONG - 1}:B{LONG - 1}"])
    areas = [[1, 1, 1, 2], [5, 1, 9, 1], [LONG - 1, 1, LONG - 1, 2]]
    with Source(path) as source:
        sheet = source.sheets[0]
        assert (sorted(sheet.merged), sheet.beyond, sheet.below(10)) == (areas, [], LONG - 10)
        assert [number for number, _, _ in sheet.rows()] == list(range(1, LONG + 1))
        assert [number for number, _, _ in sheet.rows()] == list(range(1, LONG + 1))  # as often as needed
        assert (sorted(sheet.merged), sheet.beyond, sheet.whole) == (areas, [[81, "很远"]], True)


def test_merged_areas_that_are_none_refuse_the_file(tmp_path):
    """In a comment, which no program writes: two ways to read the sheet see different tables."""
    path = changed(long_book(tmp_path / "a.xlsx"), b"</sheetData>", b'</sheetData><!--<mergeCell ref="A1:B1"/>-->')
    with Source(path) as source, pytest.raises(Unreadable, match=DAMAGED):
        list(source.sheets[0].rows())


def test_a_file_that_breaks_off_after_its_first_rows_changes_nothing(tmp_path, permu):
    """Rows were judged by then."""
    firm = enterprise("示例甲机械有限公司")
    rows = [[firm.credit_code, firm.name, 1900 + number, "规上", 1, 1] for number in range(LONG)]
    path = changed(book(tmp_path / "a.xlsx", FACT, *rows), f'<row r="{LONG}"'.encode(), b"<row <")
    code, document = load("enterprise-facts", path, permu)
    assert (code, document["message"], StagedRow.objects.count(), YearlyFact.objects.count()) == (1, DAMAGED, 0, 0)
