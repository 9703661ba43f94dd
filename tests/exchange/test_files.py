"""Files that are no workbook are refused with one clear sentence; odd but honest ones are understood."""

import datetime as dt
import os
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from apps.enterprises.models import YearlyFact
from apps.exchange import child
from apps.exchange.reading import DAMAGED, Unreadable
from apps.exchange.source import Source
from tests import factories
from tests.exchange.books import CODE, FACT, NAME, book, load, places
from tests.exchange.corpus.files import archive, parts

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
NO_TABLES = {  # beside the corpus: what was never a spreadsheet -> part of the sentence
    "text.xlsx": ("这只是一段文字。\n没有表格。".encode(), "不是工作簿"),
    "binary.xlsx": (bytes(range(256)) * 20, "不是工作簿"),
    "picture.png": (b"\x89PNG\r\n\x1a\n" + bytes(500), "不是工作簿"),
    "document.xlsx": (archive({"word/document.xml": "<document/>"}), "不是 Excel 工作簿"),
    "word.xls": (OLE + "WordDocument".encode("utf-16-le"), "不是 Excel 工作簿"),
    "broken.xls": (OLE + "Workbook".encode("utf-16-le") + bytes(600), "损坏"),
    "hollow.xlsx": (archive({"xl/workbook.xml": "<workbook/>"}), "损坏"),
    "long.xlsx": (archive({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": bytes(65 * 2**20)}), "过大"),
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_no_workbook(name, tmp_path, permu):
    content, sentence = NO_TABLES[name]
    (tmp_path / name).write_bytes(content)
    code, document = load("enterprise-facts", tmp_path / name, permu)
    assert (code, document["status"], document["new"], document["errors"]) == (1, "refused", 0, [])
    assert sentence in document["message"]


@pytest.fixture
def row(firm):
    return [firm.credit_code, firm.name, 2020, "规上", 100.5, 3]


def accepted(path, user, kind="enterprise-facts"):
    code, document = load(kind, path, user, "--dry-run")
    assert (code, document["errors"], document["new"]) == (0, [], 1)
    return document["notes"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t"])
def test_text_tables(tmp_path, permu, row, encoding, mark):
    path = tmp_path / "a.csv"
    path.write_text("\r\n".join(mark.join(map(str, line)) for line in (FACT, row)), encoding=encoding)
    assert any("编码读取" in note for note in accepted(path, permu))


def test_an_old_workbook(permu):
    """old.xls was written by xlwt: a title row, a header, one row with a real date."""
    firm = factories.enterprise("示例甲厂", credit_code="91331122MA2TERT01U")
    factories.parcel(code="ZD-1", area=100)
    load("land-occupation", Path(__file__).parent / "old.xls", permu)
    held = firm.occupations.get()
    assert (held.parcel.code, held.start, held.area) == ("ZD-1", dt.date(2021, 6, 1), Decimal("30.5"))


def test_the_child_may_die_and_the_caller_may_not(tmp_path, permu, row, monkeypatch):
    """A file that makes the reader run out of its limits is refused like any other."""
    path = book(tmp_path / "a.xlsx", FACT, row)
    with pytest.raises(Unreadable, match="损坏"):
        child.run("tests.exchange.dying", path)
    with child.Child("tests.exchange.dying", path) as dying, pytest.raises(Unreadable, match="损坏"):
        list(iter(dying.readline, ""))
    monkeypatch.setattr(child, "WALL_SECONDS", 0.001)
    code, document = load("enterprise-facts", path, permu)
    assert (code, document["message"]) == (1, DAMAGED)


def test_a_child_is_looked_after_until_it_ends(monkeypatch):
    """However much it says, and whatever it is told: neither fits into a pipe; meanwhile is called while it works."""
    monkeypatch.setattr(child, "TICK", 0.1)
    calls = []
    with child.Child("tests.exchange.talking", given="甲" * 1024**2, meanwhile=lambda: calls.append(1)) as talking:
        assert talking.readline() == f'"{"甲" * 1024**2}"\n'
        assert talking.readline() == ""
    assert calls


def niceness_of_children():
    """Return how nice the processes are that this one started."""
    stats = [path.read_text().rpartition(")")[2].split() for path in Path("/proc").glob("[0-9]*/stat")]
    return [int(stat[16]) for stat in stats if int(stat[1]) == os.getpid()]


def test_a_child_leaves_the_processor_to_others(tmp_path):
    """Its file is a pipe: once somebody reads from it, the limits stand."""
    path, seen = tmp_path / "pipe", []
    os.mkfifo(path)

    def look():
        try:
            pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            return
        seen.extend(niceness_of_children())
        os.close(pipe)

    with pytest.raises(Unreadable), pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "TICK", 0.1)
        Source(path, meanwhile=look)
    assert seen == [min(os.nice(0) + 10, 19)]  # 19 is the nicest there is


def test_the_strict_form_is_named_with_its_remedy(tmp_path, permu, row):
    """A workbook saved as "Strict Open XML" bears other namespaces; no sheet would be found in it."""
    named = {b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main"}
    named[b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"] = (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    )
    strict = parts(book(tmp_path / "a.xlsx", FACT, row).read_bytes())
    for usual, other in named.items():
        strict = {name: content.replace(usual, other) for name, content in strict.items()}
    (tmp_path / "b.xlsx").write_bytes(archive(strict))
    message = "这是“Strict Open XML”格式的工作簿，读不出来。请用表格软件打开后另存为普通的“Excel 工作簿（*.xlsx）”再上传。"
    assert load("enterprise-facts", tmp_path / "b.xlsx", permu)[1]["message"] == message


def refusal(path, user, *lines, kind="enterprise-facts"):
    """Write lines as a text, send it, and return the sentence with which it is refused as a whole."""
    path.write_text("\n".join(lines), encoding="utf-8")
    code, document = load(kind, path, user)
    assert (code, document["status"], document["new"], document["errors"]) == (1, "refused", 0, [])
    return document["message"]


TEXT = f"{CODE},{NAME},年份,评价税收（万元）"


def test_a_comma_nobody_quoted(tmp_path, permu, firm):
    good = f"{firm.credit_code},{firm.name},2020,"
    moved = "比标题行多出几格，可能是没加引号的逗号（如 3,500）使各格错了位。"
    moved += "请在原来的表格里另存为 .xlsx 再上传；本来就多出的列，请补上标题。"
    assert refusal(tmp_path / "a.csv", permu, TEXT, good + "3,500", good + "3", good + "4,500") == f"第 2、4 行{moved}"
    assert refusal(tmp_path / "b.csv", permu, "2020年税收表", TEXT, *[good + "3,500"] * 12) == (
        f"第 3、4、5、6、7、8、9、10、11、12 等 12 行{moved}"
    )
    (tmp_path / "c.csv").write_text("\n".join([TEXT, good + '"3,500",,']), encoding="utf-8")
    accepted(tmp_path / "c.csv", permu)


@pytest.mark.parametrize(
    "lines",
    [
        ['{code},"{name},2020,3', "{code},{name},2021,4"],
        ['{code},"{name},2020,3', '{code},"{name}",2021,4'],
        ['{code},"甲"乙,2020,3'],
    ],
)
def test_a_quote_nobody_closed(tmp_path, permu, firm, lines):
    """What follows it would be one cell: the next firm is gone, or goes by another's figures."""
    message = "第 2 行的双引号没有配对，分不清哪些内容是一格。请用表格软件打开原来的表格，另存为 .xlsx 再上传。"
    written = [line.format(code=firm.credit_code, name=firm.name) for line in lines]
    assert refusal(tmp_path / "a.csv", permu, TEXT, *written) == message


def test_a_month_of_a_text_may_have_been_the_tenth(tmp_path, permu, firm):
    """A spreadsheet writes the number 2021.10 as 2021.1 into a text; 2021.6 is June."""
    path = tmp_path / "a.csv"
    path.write_text(f"{CODE},{NAME},成立日期\n{firm.credit_code},{firm.name},2021.1\n", encoding="utf-8")
    code, document = load("enterprises", path, permu)
    assert (code, places(document)) == (1, [(2, "C")])
    assert "分不清是 1 月还是 10 月" in document["errors"][0]["message"]
    path.write_text(path.read_text().replace("2021.1", "2021.6"))
    assert load("enterprises", path, permu)[1]["status"] == "done"
    firm.refresh_from_db()
    assert firm.founded_on == dt.date(2021, 6, 1)


def test_codes_kept_from_becoming_numbers(tmp_path, permu, firm):
    """'9133... and ="9133...": the marks are no part of the code, and the notes say so."""
    other = factories.enterprise("示例乙有限公司")
    path = tmp_path / "a.csv"
    path.write_text(f'{TEXT}\n\'{firm.credit_code},{firm.name},2020,3\n="{other.credit_code}",="{other.name}",2020,4\n')
    _, document = load("enterprise-facts", path, permu)
    assert (document["errors"], document["new"]) == ([], 2)
    assert document["notes"][1:3] == [
        '写成 ="…" 的单元格，已按引号里的文字读取。',
        f"A 列“{CODE}”：第 2 行 “'{firm.credit_code}”读作 {firm.credit_code}。",
    ]


def test_hidden_sheets_are_not_read_and_two_candidates_are_asked_about(tmp_path, permu, row):
    workbook = Workbook()
    for line in (FACT, row):
        workbook.active.append(line)
    copy = workbook.copy_worksheet(workbook.active)
    copy.title = "去年"
    workbook.save(tmp_path / "two.xlsx")
    assert load("enterprise-facts", tmp_path / "two.xlsx", permu)[1]["message"].startswith(
        "有 2 个工作表都像是要导入的数据：“Sheet”、“去年”"
    )
    copy.sheet_state, workbook.active = "veryHidden", 0
    workbook.save(tmp_path / "one.xlsx")
    accepted(tmp_path / "one.xlsx", permu)


def test_official_layout(tmp_path, permu, firm):
    """Title, unit row, two-level header, total and foot, as domain 7.6 lays it out."""
    other = factories.enterprise("示例乙有限公司")
    workbook = Workbook()
    sheet = workbook.active
    for line in [
        ["附件1"],
        ["缙云县2020年度规上工业企业数据表"],
        ["填报单位（盖章）：", None, None, None, None, "单位：亿元"],
        ["序号", "企业名称", "统一社会\n信用代码", "年份", "主要指标", None, "备注"],
        [None, None, None, None, "工业总产值", "评价税收", None],
        [1, firm.name, firm.credit_code, "2020年", 1.25, 0.01],
        [2, other.name, other.credit_code, "2020年", 0.5, 0.02],
        ["合计", None, None, None, 1.75, 0.03],
        ["填表人：张三", None, "审核人：李四"],
    ]:
        sheet.append(line)
    for area in ("A2:G2", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:F4", "G4:G5"):
        sheet.merge_cells(area)
    workbook.save(tmp_path / "a.xlsx")
    code, document = load("enterprise-facts", tmp_path / "a.xlsx", permu)
    assert (code, document["errors"], document["new"]) == (0, [], 2)
    assert sorted(str(fact.output) for fact in YearlyFact.objects.all()) == ["12500.00", "5000.00"]
    assert "E 列“工业总产值”以 亿元 为单位，已换算为 万元（1 亿元 = 10000 万元）。" in document["notes"]
    sheet["E8"] = 1.6
    workbook.save(tmp_path / "b.xlsx")
    code, document = load("enterprise-facts", tmp_path / "b.xlsx", permu)
    assert (code, places(document)) == (1, [(8, "E")])
    assert "合计行写 1.6，各行之和为 1.75" in document["errors"][0]["message"]


def test_double_headers_and_forty_unknown_columns(tmp_path, permu, row):
    code, document = load("enterprise-facts", book(tmp_path / "a.xlsx", [*FACT, "单位名称"], row), permu)
    assert document["message"] == "标题重复：B 列“企业名称”和 G 列“单位名称”。请删除或改名其中一列。"
    path = book(tmp_path / "b.xlsx", [*FACT, *(f"列{n}" for n in range(40))], row)
    assert accepted(path, permu)[-1].startswith("忽略 40 列不认识的列：G“列0”")


def test_too_many_rows(tmp_path, permu):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([f"{CODE},{NAME},年份,评价税收（万元）", *["x,y,2020,1"] * 20_001]))
    assert load("enterprise-facts", path, permu)[1]["message"] == "数据超过 20,000 行，请分成几个文件上传。"


def test_damaged_sheet_inside_a_good_zip(tmp_path, permu, row):
    path = book(tmp_path / "a.xlsx", FACT, row)
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name)[:200] if name.endswith("sheet1.xml") else good.read(name))
    assert "损坏" in load("enterprise-facts", tmp_path / "b.xlsx", permu)[1]["message"]
