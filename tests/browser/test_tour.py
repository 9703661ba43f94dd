"""The pictures of the README's tour, taken anew by `make pictures` on the sample county: what they show is what there is."""

import openpyxl
import pytest

from tests.browser.test_main_job import CODE, exported, records, written

pytestmark = pytest.mark.pictures

PAGES = [
    ("home", "permu", "desk", "/"),
    ("enterprises", "permu", "desk", "/ledger/enterprises/"),
    ("grading", "permu", "desk", "/grading/overview/"),
    ("trace", "permu", "desk", "/grading/2020/91331122MA9000011G/"),
    ("reconciliation", "permu", "desk", "/enterprises/reconciliation/"),
    ("todo", "natural", "desk", "/todo/"),
    ("land", "natural", "desk", "/ledger/land-cases/"),
    ("land-case", "natural", "desk", "/ledger/land-cases/12/"),
    ("assessment", "evaluator", "desk", "/assessments/2/"),
    ("plan-check", "leader", "desk", "/plan/check/"),
    ("chief-phone", "chief_equipment", "phone", "/"),
]
WRITTEN = [("乡镇街道", "壶镇"), ("规模", "大型"), ("成立日期", "2021-02-30"), ("地址", "缙云县壶镇镇示例路200号")]


@pytest.fixture
def kept(tour):
    """Return a function that keeps the window's picture under its name in the tour."""
    return lambda page, name: page.screenshot(path=tour / f"{name}.png")


@pytest.mark.parametrize(("name", "username", "width", "path"), PAGES, ids=[page[0] for page in PAGES])
def test_page(office, sign_in, kept, name, username, width, path):
    page = sign_in(username, width)
    assert page.goto(office.url(path)).status == 200
    kept(page, name)


def test_a_list_with_wrong_cells(office, sign_in, kept):
    page = sign_in("permu")
    book = exported(page, office, "enterprises/?scale=above")
    for firm, (title, value) in zip(records(book), WRITTEN, strict=False):
        firm[title].value = value
    judged(office, page, "enterprises", "规上企业名单.xlsx", book)
    kept(page, "import")


def test_a_department_s_own_sheet(office, sign_in, kept):
    """The tax office writes a title, yuan, its own headings, a total and a foot; one cell says “about”."""
    firms = records(exported(sign_in("permu"), office))[:12]
    rows = [[number, firm["企业名称"].value, firm[CODE].value, 2020, 2_500_000 + 718_211 * number] for number, firm in enumerate(firms, 1)]
    book = openpyxl.Workbook()
    for row in (
        ["2020年度规上工业企业税收情况表"],
        [],
        [None, None, None, None, "单位：元"],
        ["序号", "纳税人\n名称", "统一社会\n信用代码", "年度", "税收（元）", "备注"],
        *rows,
        ["合计", None, None, None, sum(row[-1] for row in rows)],
        ["填表人：示例", None, None, None, "2021年3月"],
    ):
        book.active.append(row)
    book.active["E9"] = "约35万"
    page = sign_in("dept_tax")
    judged(office, page, "enterprise-facts", "税务局2020.xlsx", book)
    kept(page, "batch")
    page.click("main a:text('列的对应')")
    page.wait_for_selector("text=每一列是哪一项")
    kept(page, "columns")


def judged(office, page, kind, name, book):
    """Upload the workbook and wait for what is wrong with it."""
    page.goto(office.url(f"exchange/{kind}/upload/"))
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": written(book)})
    page.click("text=上传并核对")
    page.wait_for_selector("text=下载标注了错误的表格", timeout=60_000)
