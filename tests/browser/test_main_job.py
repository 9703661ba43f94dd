"""The main job in a real browser: workbook in, grades recalculated, the working read, the chain on a phone, the quarter's workbook out."""

import io

import openpyxl
import pytest

pytestmark = pytest.mark.browser
CODE, TAX = "统一社会信用代码", "评价税收（万元）"


def test_the_clerk_imports_and_reads_the_new_grade(office, sign_in, photos):
    page = sign_in("permu")
    content, code = with_tax(exported(page, office), 1.23)

    page.goto(office.url("exchange/enterprise-facts/upload/"))
    upload = {"name": "税务局年度表.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    page.set_input_files("input[type=file]", upload)
    page.click("text=上传并核对")
    page.wait_for_selector("text=确认入库", timeout=60_000)  # a job judges a file of this size
    page.screenshot(path=photos / "main-verdict.png", full_page=True)
    changed = page.locator("section:has(h2:text('修改的内容'))")
    assert changed.locator("tbody tr").count() == 1
    assert "1.23" in changed.inner_text()
    page.click("text=确认入库")
    page.wait_for_selector("text=现在数据库中的结果")

    page.click("a[href^='/jobs/']:not(#menu a)")
    page.wait_for_selector("h1 .tag:text('已完成')", timeout=60_000)
    page.goto(office.url(f"grading/2020/{code}/"))
    page.screenshot(path=photos / "main-trace.png", full_page=True)
    assert "1.23 万元 ÷" in page.inner_text("main")
    assert "为什么是 D 档" in page.inner_text("main")
    assert page.refused == []


def exported(page, office, listed="enterprise-facts/?year=2020"):
    """Return the workbook of a list, all columns, from its menu."""
    page.goto(office.url(f"ledger/{listed}"))
    page.click("main button:text('导出'), button.dropdown-toggle:text('导出')")
    with page.expect_download() as download:
        page.click("a.dropdown-item:text('Excel 全部列')")
    return opened(download)


def opened(download):
    """Return the downloaded workbook."""
    return openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()))


def with_tax(book, tax):
    """Return the exported workbook with the first enterprise's tax replaced, and that enterprise's credit code."""
    first = records(book)[0]
    first[TAX].value = tax
    return written(book), first[CODE].value


def records(book):
    """Return title -> cell of every row below the header of an exported list."""
    rows = list(book.active.iter_rows())
    start = next(number for number, row in enumerate(rows) if CODE in [cell.value for cell in row])
    titles = [cell.value for cell in rows[start]]
    return [dict(zip(titles, row, strict=True)) for row in rows[start + 1 :]]


def written(book):
    """Return the workbook as a file's content."""
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def test_a_wrong_cell_comes_back_marked(office, sign_in, photos):
    page = sign_in("permu")
    content, _ = with_tax(exported(page, office), "约三千")
    page.goto(office.url("exchange/enterprise-facts/upload/"))
    page.set_input_files("input[type=file]", {"name": "错表.xlsx", "mimeType": "application/octet-stream", "buffer": content})
    page.click("text=上传并核对")
    page.wait_for_selector("text=下载标注了错误的表格", timeout=60_000)
    page.wait_for_selector("text=没有保存任何内容")
    page.screenshot(path=photos / "main-errors.png", full_page=True)
    assert page.locator("section:has(h2:text('错误')) tbody tr").count() == 1
    with page.expect_download() as marked:
        page.click("text=下载标注了错误的表格")
    reasons = [str(cell.value) for row in opened(marked).active.iter_rows() for cell in row if cell.comment]
    assert reasons == ["约三千"]


def test_the_chief_reads_the_chain_on_a_phone(office, sign_in, photos):
    page = sign_in("chief_equipment", "phone")
    assert "现代装备" in page.inner_text("h1")
    page.screenshot(path=photos / "main-chief-phone.png", full_page=True)
    text = page.inner_text("main")
    assert "九个一" in text
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.refused == []


def test_the_evaluator_exports_the_quarter(office, sign_in, photos):
    page = sign_in("evaluator")
    page.goto(office.url("assessments/"))
    page.click("main a:text('2021Q3')")
    page.click("text=重新计分")
    page.wait_for_selector("h1 .tag:text('已完成')", timeout=60_000)
    page.goto(office.url("assessments/"))
    page.click("main a:text('2021Q3')")
    page.screenshot(path=photos / "main-assessment.png", full_page=True)
    with page.expect_download() as download:
        page.click("text=导出评分表")
    book = opened(download)
    assert book.sheetnames == ["评分表", "计分说明", "数据来源签字", "佐证材料"]
    assert page.refused == []
