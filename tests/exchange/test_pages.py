"""The clerk's way: upload, verdict, confirm; and what others may not."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.enterprises.models import YearlyFact
from apps.exchange import services
from apps.exchange.choices import BatchState
from apps.exchange.models import Batch
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from tests import factories
from tests.exchange.books import CODE, FACT, NAME, book, cells, load, places


@pytest.fixture
def clerk(client, permu):
    client.force_login(permu)
    return client


def upload(client, path, kind="enterprise-facts", **data):
    """Send a file through the upload page; return the answer."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return client.post(reverse("exchange:upload", args=[kind]), {"file": file, **data}, follow=True)


def page_of(batch):
    return reverse("exchange:batch", args=[batch.pk])


@pytest.fixture
def good(tmp_path, firm):
    factories.yearly(firm, 2019, output=5)
    return book(
        tmp_path / "good.xlsx",
        FACT,
        [firm.credit_code, firm.name, 2020, "规上", 100, 3],
        [firm.credit_code, firm.name, 2019, "规上", 7, None],
    )


@pytest.fixture
def bad(tmp_path, firm):
    return book(
        tmp_path / "bad.xlsx",
        FACT,
        [firm.credit_code, "<script>alert(1)</script>", 2020, "规上", "约100", 3],
        [None, "乙", 2020, "规上", 1, 1],
    )


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
    assert "不能入库" in clerk.post(page_of(batch), follow=True).content.decode()
    assert YearlyFact.objects.get(enterprise=firm, year=2019).version == 2


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


def test_the_ledger_moved_on_between_verdict_and_confirmation(clerk, good, firm, permu):
    upload(clerk, good)
    fact = YearlyFact.objects.get(year=2019)
    ledger.change(record=fact, values={"output": 9}, version=1, actor=factories.SYSTEM)
    page = clerk.post(page_of(Batch.objects.get()), follow=True).content.decode()
    assert "第 3 行的记录在核对之后已被他人修改" in page
    assert YearlyFact.objects.get(year=2019).output == 9
    assert YearlyFact.objects.count() == 1
    assert Batch.objects.get().state == "ready"


def test_a_row_registered_meanwhile_stops_the_whole_batch(clerk, good, firm):
    upload(clerk, good)
    factories.yearly(firm, 2020, output=1)
    page = clerk.post(page_of(Batch.objects.get()), follow=True).content.decode()
    assert "可能刚刚有人登记了相同的记录" in page
    assert YearlyFact.objects.get(year=2019).output == 5
    entry = JournalEntry.objects.latest("seq")
    assert (entry.act, entry.result, entry.detail["batch"]) == ("确认入库", "拒绝", str(Batch.objects.get().pk))
    assert entry.detail["reason"] in page


def test_two_confirmations_of_one_batch_write_once(permu, good, firm):
    """Both hold the batch as it was before the first one: the second reads it again under its lock."""
    load("enterprise-facts", good, permu, "--dry-run")
    first, second = Batch.objects.get(), Batch.objects.get()
    actor = Actor.of(permu)
    assert services.confirm(batch=first, actor=actor).state == "done"
    with pytest.raises(Refused, match="不能入库"):
        services.confirm(batch=second, actor=actor)
    assert sorted(YearlyFact.objects.values_list("year", "version")) == [(2019, 2), (2020, 1)]
    assert JournalEntry.objects.filter(act="导入").count() == 1


def test_confirmation_asks_the_scope_again(tmp_path, db):
    """A clerk who lost the park between verdict and confirmation writes nothing."""
    park = factories.platform("丽缙园")
    firm = factories.enterprise("示例本园企业", platform=park)
    user = factories.person("park_lijin", Role.PARK, platform=park)
    path = book(tmp_path / "a.xlsx", [CODE, "联系人"], [firm.credit_code, "王五"])
    load("enterprises", path, user, "--dry-run")
    user.posts.update(platform=factories.platform("开发区"))
    user = type(user).objects.get(pk=user.pk)
    with pytest.raises(Refused, match="移出您的范围"):
        services.confirm(batch=Batch.objects.get(), actor=Actor.of(user))
    firm.refresh_from_db()
    assert (firm.contact, firm.version) == ("", 1)


def test_batches_are_private(clerk, bad, client, good):
    upload(clerk, bad)
    batch = Batch.objects.get()
    other = factories.person("permu2", Role.PER_MU)
    client.force_login(other)
    for name in ("batch", "marked"):
        assert client.get(reverse(f"exchange:{name}", args=[batch.pk])).status_code == 404
    assert client.post(page_of(batch)).status_code == 404
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


def test_marked_workbook(clerk, bad, firm):
    upload(clerk, bad)
    batch = Batch.objects.get()
    answer = clerk.get(reverse("exchange:marked", args=[batch.pk]))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    red = [cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFFF9999"]
    assert red == ["E2", "A3"]
    assert sheet["G1"].value == "核对意见"
    assert "不是确切的数字" in sheet["G2"].value
    assert sheet["E2"].comment.text == sheet["G2"].value
    assert sheet["B2"].value == "<script>alert(1)</script>"


def test_the_marked_workbook_can_be_mended_and_sent_again(bad, permu, firm, tmp_path):
    out = tmp_path / "marked.xlsx"
    assert load("enterprise-facts", bad, permu, "--marked", out)[0] == 1
    workbook = load_workbook(out)
    workbook.active["E2"], workbook.active["A3"] = 100, "1"
    workbook.save(out)
    again = tmp_path / "again.xlsx"
    code, document = load("enterprise-facts", out, permu, "--marked", again)
    assert [(error["row"], error["column"]) for error in document["errors"]] == [(3, "A")]
    sheet = load_workbook(again).active
    assert (sheet["E2"].fill.fgColor.rgb, sheet["G2"].value, sheet.max_column) == ("00000000", None, 7)
    workbook.active.delete_rows(3)
    workbook.save(out)
    assert load("enterprise-facts", out, permu)[1]["status"] == "done"


def test_a_bad_cell_under_a_merged_one_is_marked_on_the_merge(permu, firm, tmp_path):
    rows = [[firm.credit_code, firm.name, 2020, "规上", 1, 1], [None, None, 2021, "规上", 1, 1]]
    workbook = load_workbook(book(tmp_path / "a.xlsx", FACT, *rows))
    workbook.active.merge_cells("A2:A3")
    workbook.save(tmp_path / "a.xlsx")
    code, document = load("enterprise-facts", tmp_path / "a.xlsx", permu, "--marked", tmp_path / "out.xlsx")
    assert (code, places(document)) == (1, [(3, "A")])
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert [cell.coordinate for row in sheet for cell in row if cell.fill.fgColor.rgb == "FFFF9999"][:1] == ["A2"]
    assert "不能为空" in sheet["G3"].value


def test_a_text_table_comes_back_as_a_workbook_of_its_bad_rows(permu, firm, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{CODE},{NAME},年份,评价税收（万元）\n{firm.credit_code},{firm.name},2020,3\n{firm.credit_code},=1+1,2021,约3\n")
    assert load("enterprise-facts", path, permu, "--marked", tmp_path / "out.xlsx")[0] == 1
    rows = cells(tmp_path / "out.xlsx")
    assert rows[0] == [CODE, NAME, "年份", "评价税收（万元）", "核对意见"]
    assert [row[:4] for row in rows[1:]] == [[firm.credit_code, "=1+1", "2021", "约3"]]


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
