"""What people see in a cell counts: a number shown as another one is an error that names both, a unit in the format is a unit."""

import datetime as dt
import struct

import pytest
import xlsxwriter
import xlwt
from openpyxl import load_workbook

from apps.enterprises.models import Enterprise, YearlyFact
from apps.exchange.reading import formats
from tests import factories
from tests.exchange.books import CODE, NAME, book, load, places
from tests.exchange.corpus.files import archive, parts

HEADER = [CODE, NAME, "年份", "评价税收（万元）"]
REMEDY = "请把单元格格式改为“常规”，按列标题的单位填写数值。"


def workbook(path, firm, *cells):
    """Write yearly facts from 2000 on, their taxes the `cells` (figure, number format); return the path."""
    rows = [[firm.credit_code, firm.name, year, tax] for year, (tax, _) in enumerate(cells, start=2000)]
    filled = load_workbook(book(path, HEADER, *rows))
    for row, (_, code) in enumerate(cells, start=2):
        filled.active.cell(row, 4).number_format = code
    filled.save(path)
    return path


def old_workbook(path, firm, *cells):
    filled = xlwt.Workbook(encoding="utf-8")
    sheet = filled.add_sheet("数据")
    rows = [[firm.credit_code, firm.name, year] for year, _ in enumerate(cells, start=2000)]
    for row, line in enumerate([HEADER, *rows]):
        for column, cell in enumerate(line):
            sheet.write(row, column, cell)
    for row, (tax, code) in enumerate(cells, start=1):
        sheet.write(row, 3, tax, xlwt.easyxf(num_format_str=code))
    filled.save(str(path))
    return path


SHOWN_AS_ANOTHER = [  # figure, format, what the cell holds, what it shows
    (0.35, "0.00%", "0.35", "35.00%"),
    (3_500_000, '0!.0,"万"', "3500000", "350.0万"),
    (3_500_000, "#,##0,", "3500000", "3,500"),
    (123_456, "0!.0000", "123456", "12.3456"),
    (123_456, '0"."0000"万元"', "123456", "12.3456万元"),
    (-0.1, "0.0%;[Red]-0.0%", "-0.1", "-10.0%"),
    (12_345, '[>=10000]0!.0,"万";0', "12345", "1.2万"),
    (5, '"-"0', "5", "-5"),
    (5, "(0)", "5", "(5)"),
    (-5, "(0)", "-5", "-(5)"),
    (5, '"△"0', "5", "△5"),
    (5, "\\-#,##0.00", "5", "-5.00"),
    (500, '"约"0', "500", "约500"),
    (500, '0"以上"', "500", "500以上"),
    (500, '0.0"万元以上"', "500", "500万元以上"),
    (5, "[$约-804]0", "5", "约5"),
    (5, '[$USD] 0;"-"0', "5", "USD 5"),
    (5, "0%%", "5", "50000%%"),
    (1234, "00-00", "1234", "12-34"),
    (1, '[=1]"是";[=0]"否";0', "1", "是"),
    (0, '0;-0;"未报"', "0", "未报"),
]
READ_AS_THEY_ARE = [  # figure, format, the tax that is stored
    (35, '0.00"万元"', "35.00"),
    (35_000, '#,##0"元"', "3.50"),
    (35_000, 'General"元"', "3.50"),
    (0.35, '0.00_);[Red](0.00)" 亿元"', "0.35"),
    (500, '[>=10000]0!.0,"万";0', "500.00"),
    (5, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "5.00"),
    (5, "0.00E+00", "5.00"),
    (5, "# ?/?", "5.00"),
    (5, '[$¥-804]#,##0.00;"%"', "5.00"),
    (5, '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ', "5.00"),
    (-5, '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ', "-5.00"),
    (0, '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ', "0.00"),
    (-5, "0.00_);(0.00)", "-5.00"),
    (-5, '0.00;"△"0.00', "-5.00"),
    (-5, "0.00_ ;[Red]0.00", "-5.00"),
    (5, "+0;-0;0", "5.00"),
    (5, '0"人民币"', "5.00"),
    (5, "# ##0.00 [$€-407]", "5.00"),
    (7, "000", "7.00"),
    (5.5, "# ?/?", "5.50"),
    (5, "@", "5.00"),
    (0, '0;-0;"0"', "0.00"),
]


@pytest.mark.parametrize("write", [workbook, old_workbook])
def test_a_number_shown_as_another_one_is_an_error(tmp_path, permu, firm, write):
    ended, document = load("enterprise-facts", write(tmp_path / "a.xlsx", firm, *(case[:2] for case in SHOWN_AS_ANOTHER)), permu)
    assert ended == 1
    assert [(error["row"], error["column"], error["value"], error["message"]) for error in document["errors"]] == [
        (row, "D", seen, f"评价税收（万元）：单元格的数字格式把 {holds} 显示为“{seen}”，分不清以哪个为准；{REMEDY}")
        for row, (_, _, holds, seen) in enumerate(SHOWN_AS_ANOTHER, start=2)
    ]


@pytest.mark.parametrize("write", [workbook, old_workbook])
def test_a_unit_in_the_format_is_read_and_any_other_format_is_none_of_our_business(tmp_path, permu, firm, write):
    _, document = load("enterprise-facts", write(tmp_path / "a.xlsx", firm, *(case[:2] for case in READ_AS_THEY_ARE)), permu)
    assert (document["status"], document["errors"]) == ("done", [])
    stored = [(code, f"{fact.tax:.2f}") for fact, (_, code, _) in zip(YearlyFact.objects.order_by("year"), READ_AS_THEY_ARE, strict=True)]
    assert stored == [(code, stored) for _, code, stored in READ_AS_THEY_ARE]


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        ((80, '0"万元"'), []),
        ((81, '0"万元"'), ["合计行写 81，各行之和为 80；请核对是否缺行，或改正合计。"]),
        ((81, "General"), ["合计行写 81，各行之和为 80；请核对是否缺行，或改正合计。"]),  # bare: in that of the title
        ((810_000, '0"元"'), []),  # how far it was rounded in another unit nobody knows
    ],
)
def test_a_total_in_the_unit_of_its_rows_is_checked(tmp_path, permu, firm, total, expected):
    """The unit stands in the number format of every cell, as accounts show it."""
    rows = [[firm.credit_code, firm.name, year, tax] for year, tax in ((2019, 30), (2020, 50))]
    path = book(tmp_path / "a.xlsx", HEADER, *rows, ["合计", None, None, total[0]])
    filled = load_workbook(path)
    for number, code in ((2, '0"万元"'), (3, '0"万元"'), (4, total[1])):
        filled.active.cell(number, 4).number_format = code
    filled.save(path)
    errors = load("enterprise-facts", path, permu)[1]["errors"]
    assert [(error["row"], error["column"], error["message"]) for error in errors] == [
        (4, "D", f"评价税收（万元）：{sentence}") for sentence in expected
    ]


@pytest.mark.parametrize("number", [5, 7, 37, 39, 41, 42, 43, 44])
def test_the_built_in_formats_of_accounts_show_the_number_itself(tmp_path, permu, firm, number):
    """The file bears the number of the format only."""
    path = workbook(tmp_path / "a.xlsx", firm, *((tax, "0.0000") for tax in (5, -5, 0)))
    inside = parts(path.read_bytes())
    inside["xl/styles.xml"] = inside["xl/styles.xml"].replace(b'numFmtId="164" fontId', b'numFmtId="%d" fontId' % number)
    path.write_bytes(archive(inside))
    assert load("enterprise-facts", path, permu)[1]["errors"] == []
    assert list(YearlyFact.objects.order_by("year").values_list("tax", flat=True)) == [5, -5, 0]


def industry(path, firm, write):
    """Write the 行业代码 of a firm by `write` (cell -> None); return the path."""
    filled = load_workbook(book(path, [CODE, NAME, "行业代码"], [firm.credit_code, firm.name]))
    write(filled.active["C2"])
    filled.save(path)
    return path


@pytest.mark.parametrize(
    ("cell", "code", "stored"), [(810, "0000", "0810"), (610, "0###", "0610"), (3421, "0000", "3421"), (810, "General", "810")]
)
def test_a_code_is_what_its_format_shows(tmp_path, permu, firm, cell, code, stored):
    """08 is a division of its own (mining of iron), 81 another one."""

    def write(place):
        place.value, place.number_format = cell, code

    _, document = load("enterprises", industry(tmp_path / "a.xlsx", firm, write), permu)
    assert (document["status"], document["errors"]) == ("done", [])
    assert Enterprise.objects.get().gb_code == stored


def test_a_code_of_an_old_workbook_is_what_its_format_shows(tmp_path, permu, firm):
    filled = xlwt.Workbook(encoding="utf-8")
    sheet = filled.add_sheet("数据")
    for column, (title, cell) in enumerate([(CODE, firm.credit_code), (NAME, firm.name), ("行业代码", 810)]):
        sheet.write(0, column, title)
        sheet.write(1, column, cell, xlwt.easyxf(num_format_str="0000" if cell == 810 else "General"))
    filled.save(str(tmp_path / "a.xls"))
    assert load("enterprises", tmp_path / "a.xls", permu)[1]["errors"] == []
    assert Enterprise.objects.get().gb_code == "0810"


def test_a_code_without_the_letter_of_its_class_is_the_stored_one(tmp_path, permu, firm):
    """The letter follows from the digits, and the ledger takes both."""
    for cell, stored, notes in (
        ("C3421", "C3421", []),
        (3421, "C3421", ["C 列“行业代码”：第 2 行 数字 3421 按文本读取；第 2 行 “3421”没有写门类字母，台账中的 C3421 不变。"]),
        ("3429", "3429", []),
    ):
        path = book(tmp_path / "a.xlsx", [CODE, NAME, "行业代码"], [firm.credit_code, firm.name, cell])
        _, document = load("enterprises", path, permu)
        assert (document["errors"], Enterprise.objects.get().gb_code) == ([], stored)
        assert [note for note in document["notes"] if "行业代码" in note] == notes


def test_a_letter_the_format_puts_before_a_code_is_asked_for(tmp_path, permu, firm):
    def write(place):
        place.value, place.number_format = 3421, '"C"0000'

    (error,) = load("enterprises", industry(tmp_path / "a.xlsx", firm, write), permu)[1]["errors"]
    assert (error["column"], error["value"]) == ("C", "C3421")
    assert error["message"] == f"行业代码：单元格的数字格式把 3421 显示为“C3421”，分不清以哪个为准；{REMEDY}"


def test_a_sign_that_is_only_written_behind_a_number_is_refused(tmp_path, permu, firm):
    _, document = load("enterprise-facts", workbook(tmp_path / "a.xlsx", firm, (5, '0.0"%"')), permu)
    assert [(error["column"], error["value"]) for error in document["errors"]] == [("D", "5%")]


def test_the_marked_rows_show_what_the_sheet_showed(tmp_path, permu, firm):
    path, out = workbook(tmp_path / "a.xlsx", firm, (0.35, "0.00%")), tmp_path / "out.xlsx"
    _, first = load("enterprise-facts", old_workbook(tmp_path / "a.xls", firm, (0.35, "0.00%")), permu, "--marked", out)
    cell = load_workbook(out).active["D2"]
    assert (cell.value, cell.number_format) == (0.35, "0.00%")
    assert load("enterprise-facts", path, permu)[1]["errors"][0]["message"] == first["errors"][0]["message"]


def test_the_longest_format_of_the_largest_number_is_shown():
    assert formats.as_shown(1e308, "0." + "0" * 250 + "%")["shown"].endswith("0%")


@pytest.mark.parametrize("number", [27, 31, 36, 50, 57, 58])
def test_chinese_dates_have_no_text_in_the_file(tmp_path, permu, firm, number):
    """The built-in formats 27 to 36 and 50 to 58 (2010年6月1日): the file bears the number of the format only."""
    filled = load_workbook(book(tmp_path / "a.xlsx", [CODE, NAME, "成立日期"], [firm.credit_code, firm.name, 40330]))
    filled.active["C2"].number_format = "0.0000"
    filled.save(tmp_path / "a.xlsx")
    inside = parts((tmp_path / "a.xlsx").read_bytes())
    inside["xl/styles.xml"] = inside["xl/styles.xml"].replace(b'numFmtId="164" fontId', b'numFmtId="%d" fontId' % number)
    (tmp_path / "b.xlsx").write_bytes(archive(inside))
    assert load("enterprises", tmp_path / "b.xlsx", permu)[1]["errors"] == []
    assert Enterprise.objects.get().founded_on == dt.date(2010, 6, 1)


@pytest.mark.parametrize("result", [0, 12, ""])
@pytest.mark.parametrize("said", ['fullCalcOnLoad="1"', 'fullCalcOnLoad="true"', 'calcCompleted="0"'])
def test_results_a_workbook_wants_calculated_anew_are_none(tmp_path, permu, firm, result, said):
    """As XlsxWriter writes formulas (result 0), and programs that fill in a template with the results of its example."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, [*HEADER, "利润总额（万元）"])
        sheet.write_row(1, 0, [firm.credit_code, firm.name, 2020])
        sheet.write_formula("D2", "=E2*2", None, result)
        sheet.write_number("E2", 6)
    inside = parts(path.read_bytes())
    inside["xl/workbook.xml"] = inside["xl/workbook.xml"].replace(b'fullCalcOnLoad="1"', said.encode())
    path.write_bytes(archive(inside))
    (error,) = load("enterprise-facts", path, permu)[1]["errors"]
    assert (error["row"], error["column"], error["value"]) == (2, "D", "=E2*2")
    assert error["message"] == "评价税收（万元）：公式无计算结果；请在表格软件中重新计算并保存，或改填数值。"
    assert not YearlyFact.objects.exists()


def old_formula(path, firm, owner="None", record=None):
    """Write an .xls with a formula in D2 and nothing in E2.  record: what its record is to hold in place of xlwt's."""
    filled = xlwt.Workbook(encoding="utf-8")
    filled.owner = owner
    sheet = filled.add_sheet("数据")
    for column, title in enumerate([*HEADER, "利润总额（万元）", "主营业务收入（万元）"]):
        sheet.write(0, column, title)
    for column, cell in enumerate([firm.credit_code, firm.name, 2020, xlwt.Formula("F2*2"), "", 6]):
        sheet.write(1, column, cell)
    filled.save(str(path))
    written, content = struct.pack("<8sH", b"\x03\0\0\0\0\0\xff\xff", 0), path.read_bytes()
    assert content.count(written) == 1
    path.write_bytes(content.replace(written, struct.pack("<8sH", *record) if record else written))
    return path


ZERO, EMPTY = bytes(8), b"\x03\0\0\0\0\0\xff\xff"


@pytest.mark.parametrize(
    ("owner", "record"),
    [
        ("None", None),  # xlwt
        ("POI", (ZERO, 2)),  # Apache POI: to be calculated when opened
        ("", (ZERO, 3)),  # PHPExcel, Spreadsheet::WriteExcel: each time, too
        ("", (EMPTY, 2)),
    ],
)
def test_a_formula_nobody_calculated_in_an_old_workbook(tmp_path, permu, firm, owner, record):
    (error,) = load("enterprise-facts", old_formula(tmp_path / "a.xls", firm, owner, record), permu)[1]["errors"]
    assert (error["row"], error["column"]) == (2, "D")
    assert error["message"] == "评价税收（万元）：公式无计算结果；请在表格软件中重新计算并保存，或改填数值。"


@pytest.mark.parametrize(
    ("record", "stored"),
    [((ZERO, 0), 0), ((ZERO, 1), 0), ((EMPTY, 0), None), ((struct.pack("<d", 12), 2), 12)],
)
def test_a_formula_a_spreadsheet_calculated_in_an_old_workbook(tmp_path, permu, firm, record, stored):
    assert load("enterprise-facts", old_formula(tmp_path / "a.xls", firm, "office", record), permu)[1]["errors"] == []
    assert YearlyFact.objects.get().tax == stored


@pytest.mark.parametrize("said", ["", 'fullCalcOnLoad="0"', 'calcCompleted="1"'])
def test_results_a_spreadsheet_has_calculated_are_taken(tmp_path, permu, firm, said):
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, [firm.credit_code, firm.name, 2020])
        sheet.write_formula("D2", "=1-1", None, 0)
    inside = parts(path.read_bytes())
    inside["xl/workbook.xml"] = inside["xl/workbook.xml"].replace(b'fullCalcOnLoad="1"', said.encode())
    path.write_bytes(archive(inside))
    assert load("enterprise-facts", path, permu)[1]["errors"] == []
    assert YearlyFact.objects.get().tax == 0


def test_a_formula_that_found_nothing_is_blank_and_one_nobody_calculated_is_not(tmp_path, permu, firm):
    factories.yearly(firm, 2020, output=5)
    rows = [[firm.credit_code, firm.name, year, "TAX", 5 + year] for year in (2020, 2021)]
    inside = parts(book(tmp_path / "a.xlsx", [*HEADER, "工业总产值（万元）"], *rows).read_bytes())
    sheet = inside["xl/worksheets/sheet1.xml"].decode()
    for place, result in (("D2", "<v></v>"), ("D3", "")):
        index = sheet.index(f'<c r="{place}"')
        end = sheet.index("</c>", index) + 4
        sheet = f'{sheet[:index]}<c r="{place}" t="str"><f>IFERROR(1/0,"")</f>{result}</c>{sheet[end:]}'
    calculated = inside["xl/workbook.xml"].replace(b'fullCalcOnLoad="1"', b"")
    (tmp_path / "b.xlsx").write_bytes(archive({**inside, "xl/worksheets/sheet1.xml": sheet, "xl/workbook.xml": calculated}))
    _, document = load("enterprise-facts", tmp_path / "b.xlsx", permu)
    assert places(document) == [(3, "D")]
    assert "公式无计算结果" in document["errors"][0]["message"]
