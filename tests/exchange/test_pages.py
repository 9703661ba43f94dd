"""The clerk's way: upload, verdict, confirm; and what others may not."""

import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.enterprises.models import YearlyFact
from apps.exchange.choices import BatchState
from apps.exchange.models import Batch
from apps.journal.models import JournalEntry
from tests import factories
from tests.exchange.books import CODE, NAME, book, page_of, upload


def test_upload_page(clerk):
    page = clerk.get(reverse("exchange:upload", args=["enterprise-facts"])).content.decode()
    assert "严禁处理、传输国家秘密" in page
    assert reverse("exchange:template", args=["enterprise-facts"]) in page
    assert 'name="year"' in page
    assert 'name="year"' not in clerk.get(reverse("exchange:upload", args=["towns"])).content.decode()


def test_from_upload_to_the_ledger(clerk, good, firm):
    answer = upload(clerk, good)
    batch = Batch.objects.get()
    assert answer.redirect_chain == [(page_of(batch), 302)]
    page = answer.content.decode()
    assert [count for _, count in answer.context["figures"]] == [1, 1, 0, 0]
    assert "确认入库" in page
    assert YearlyFact.objects.count() == 1
    answer = clerk.post(page_of(batch), follow=True)
    page = answer.content.decode()
    assert "新增 1 条，修改 1 条，0 条无变化" in page
    assert [job.key for job in answer.context["jobs"]] == ["regrade:2019", "regrade:2020"]
    assert YearlyFact.objects.get(enterprise=firm, year=2019).output == 7
    entries = JournalEntry.objects.count()
    assert "现在数据库中的结果" in clerk.post(page_of(batch), follow=True).content.decode()
    assert (YearlyFact.objects.get(enterprise=firm, year=2019).version, JournalEntry.objects.count()) == (2, entries)


def rows_under(page, heading):
    """Return [{title: text}] of the table under a heading, as a small screen shows it."""
    table = re.search(rf"<h2>{heading}.*?</table>", page, re.DOTALL)[0]
    rows = table.partition("<tbody>")[2].split("</tr>")[:-1]
    return [{"记录": re.search(r'class="name">([^<]*)', row)[1], **dict(re.findall(r'data-label="([^"]*)">([^<]*)', row))} for row in rows]


def test_the_values_of_new_rows_are_seen_before_they_are_confirmed(clerk, good, firm):
    page = upload(clerk, good).content.decode()
    assert "确认入库" in page
    assert rows_under(page, "新增的记录") == [
        {
            "记录": f"{firm} 2020年",
            "行": "2",
            "统一社会信用代码": firm.credit_code,
            "年份": "2020",
            "规模": "规上",
            "工业总产值（万元）": "100",
            "评价税收（万元）": "3",
        }
    ]


def test_new_records_say_what_they_refer_to_by_name(clerk, tmp_path):
    town, park, industry = factories.town("新碧街道"), factories.platform("丽缙园"), factories.industry("现代装备")
    code = factories.credit_code()
    path = book(tmp_path / "a.xlsx", [CODE, NAME, "规模", "乡镇街道", "平台", "产业"],
                [code, "示例新厂", "规上", town.name, park.short_name, industry.name])  # fmt: skip
    page = upload(clerk, path, "enterprises").content.decode()
    assert rows_under(page, "新增的记录") == [
        {
            "记录": "示例新厂",
            "行": "2",
            "统一社会信用代码": code,
            "规模": "规上",
            "经营状态": "在营",
            "乡镇街道": town.name,
            "平台": park.short_name,
            "产业": industry.name,
        }
    ]


def test_errors_on_the_page_are_data(clerk, bad):
    answer = upload(clerk, bad)
    page = answer.content.decode()
    assert "确认入库" not in page
    assert "第 2 行 E 列" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "不能入库" in clerk.post(page_of(Batch.objects.get()), follow=True).content.decode()
    assert YearlyFact.objects.count() == 0


def test_a_refused_file_says_why(clerk, tmp_path):
    (tmp_path / "a.xlsx").write_text("不是表格")
    answer = upload(clerk, tmp_path / "a.xlsx")
    assert answer.status_code == 200
    assert "这不是工作簿" in answer.content.decode()
    (tmp_path / "b.xlsx").write_bytes(b"")
    assert "空的" in upload(clerk, tmp_path / "b.xlsx").content.decode()


def test_batches_are_private(clerk, bad, client, good):
    upload(clerk, bad)
    batch = Batch.objects.get()
    other = factories.person("permu2", Role.PER_MU)
    client.force_login(other)
    for name in ("batch", "status", "marked"):
        assert client.get(reverse(f"exchange:{name}", args=[batch.pk])).status_code == 404
    for name in ("batch", "recheck"):
        assert client.post(reverse(f"exchange:{name}", args=[batch.pk])).status_code == 404
    assert list(client.get(reverse("exchange:list")).context["object_list"]) == []


def test_rights(client, db):
    client.force_login(factories.person("leader", Role.LEADER))
    for name in ("upload", "template"):
        assert client.get(reverse(f"exchange:{name}", args=["enterprises"])).status_code == 403
    assert client.get(reverse("exchange:export", args=["enterprises"])).status_code == 200
    client.force_login(factories.person("sysadmin", Role.SYSTEM_ADMIN))
    for name in ("list", "export", "upload"):
        assert client.get(reverse(f"exchange:{name}", args=[] if name == "list" else ["enterprises"])).status_code == 403
    client.logout()
    assert client.get(reverse("exchange:export", args=["enterprises"])).status_code == 302
    assert Batch.objects.count() == 0


def test_unknown_kind_is_not_there(clerk):
    for name in ("upload", "template", "export"):
        assert clerk.get(reverse(f"exchange:{name}", args=["nothing"])).status_code == 404


def test_template_for_a_department_has_its_columns_only(client, db):
    client.force_login(factories.person("dept_tax", Role.REPORTER, data_items=["tax"]))
    answer = client.get(reverse("exchange:template", args=["enterprise-facts"]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == [CODE, NAME, "年份", "规模", "评价税收（万元）"]


def test_uploads_lie_under_random_names(clerk, good, settings):
    upload(clerk, good)
    batch = Batch.objects.get()
    assert batch.filename == "good.xlsx"
    assert "good" not in batch.file.name
    assert (settings.MEDIA_ROOT / batch.file.name).read_bytes() == good.read_bytes()
    detail = JournalEntry.objects.get(act="上传表格").detail
    assert (detail["sha256"], detail["file"]) == (batch.sha256, "good.xlsx")


@pytest.mark.parametrize("state", BatchState.values)
def test_the_list_shows_a_batch_in_every_state(clerk, permu, state):
    """A refused file was never counted; the list of its uploader must open all the same."""
    counts = {} if state in (BatchState.REFUSED, BatchState.READING) else {"new": 1, "changed": 2, "error": 0}
    Batch.objects.create(kind="enterprises", filename="表.xlsx", uploader=permu, state=state, counts=counts)
    page = clerk.get(reverse("exchange:list"))
    assert page.status_code == 200
    assert page.content.decode().count("—</td>") == (0 if counts else 3)
