"""T27: four bombs at once. The children keep within their memory, the process that started them hardly grows."""

import resource
from pathlib import Path

import pytest

from apps.exchange.reading import Unreadable
from apps.exchange.reading.limits import MEMORY
from apps.exchange.source import Source
from tests.exchange.corpus.files import MIB, archive, formatted_rows, packed, parts, zeros
from tests.exchange.corpus.workbooks import saved, workbook
from tests.racing import at_once

GROWTH = 50 * MIB
GOOD = saved(workbook([["甲", "乙"], ["1", "2"]]))


def with_rows(rows):
    """Return the workbook with more rows, given as XML."""
    book = parts(GOOD)
    sheet = book["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", rows + b"</sheetData>")
    return archive({**book, "xl/worksheets/sheet1.xml": sheet})


def bombs():
    """Two for the guard, and two that it lets through: a million rows, and one cell of 48 million characters."""
    one_cell = b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"x" * 48 * MIB + b"</t></is></c></row>"
    return [
        packed(GOOD, "xl/media/image1.bin", *zeros(512), 512 * MIB),
        packed(GOOD, "xl/media/image1.bin", *zeros(64), 1024),
        with_rows(formatted_rows()),
        with_rows(one_cell),
    ]


def size():
    """Return the memory of this process in bytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def read(path):
    """Read a file to its end; return the name of its first sheet and the length of the longest text in it."""
    with Source(path) as source:
        sheet = source.sheets[0]
        return sheet.name, max(len(cell) for _, _, cells in sheet.rows() for cell in cells if isinstance(cell, str))


@pytest.mark.deep
@pytest.mark.django_db
def test_four_bombs_at_once(tmp_path):
    paths = [tmp_path / str(number) for number in range(4)]
    for path, content in zip(paths, bombs(), strict=True):
        path.write_bytes(content)
    read(paths[2])  # what is loaded once is no growth
    before = size()
    found = at_once(*(lambda path=path: read(path) for path in paths))
    assert size() - before < GROWTH
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 <= MEMORY
    assert "过大" in str(found[0]) and isinstance(found[0], Unreadable)
    assert isinstance(found[1], Unreadable) or found[1][0] == "Sheet"
    assert found[2][0] == "Sheet"
    assert found[3] == ("Sheet", 40_000)
