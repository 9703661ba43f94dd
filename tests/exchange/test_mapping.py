"""People say which column is which field; what they said is kept for the office's next file."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.enterprises.models import YearlyFact
from apps.exchange.models import Batch, ColumnMapping, Reading
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from tests import factories
from tests.exchange.books import CODE, book, load
from tests.exchange.test_pages import page_of, upload

KIND = "enterprise-facts"
TITLES = ["纳税户编码", "纳税户", "所属期", "入库税额"]
FIELDS = {"纳税户编码": "enterprise", "纳税户": "enterprise__name", "所属期": "year", "入库税额": "tax"}


@pytest.fixture
def office(db):
    return factories.organisation("县税务局")


@pytest.fixture
def tax(office):
    return factories.person("dept_tax", Role.REPORTER, data_items=["tax"], organisation=office)


@pytest.fixture
def clerk(client, tax):
    client.force_login(tax)
    return client


@pytest.fixture
def sheet(tmp_path, firm):
    """The tax bureau's own sheet, in its own words, in yuan."""
    other = factories.enterprise("示例乙机械有限公司")
    return book(
        tmp_path / "a.xlsx",
        ["附件1"],
        TITLES,
        [firm.credit_code, firm.name, 2020, 41000],
        [other.credit_code, other.name, 2020, 52300],
    )


def columns_page(batch):
    return reverse("exchange:columns", args=[batch.pk])


def say(client, batch, fields=FIELDS, *, units=None, name="", **more):
    """Choose fields (title -> field) on the page of the columns and send it; return the answer."""
    page = client.get(columns_page(batch), more)
    form = page.context["form"]
    sent = {"sheet": page.context["place"].number, "row": page.context["place"].layout.first, "name": name}
    sent["organisation"] = page.context["save"]["organisation"].value() or ""
    for number, line in enumerate(form.lines):
        sent[f"field_{number}"] = fields.get(line.title, "")
        sent[f"unit_{number}"] = (units or {}).get(line.title, "")
    return client.post(columns_page(batch), sent | more, follow=True)


UNKNOWN = "没有找到标题行（能认出两列以上的一行）。请改正各列的标题，或在“指定各列”中说明它们是什么；" + (
    "至少要有：统一社会信用代码（或企业名称）、年份。也可以使用本系统的模板。"
)


def told(client, path, **more):
    """Upload a file nobody understands, say its columns, and return the batch."""
    upload(client, path, KIND)
    batch = Batch.objects.first()
    say(client, batch, units={"入库税额": "元"}, **more)
    batch.refresh_from_db()
    return batch


def test_a_file_with_unknown_titles_is_offered_to_be_mapped(clerk, sheet):
    page = upload(clerk, sheet, KIND).content.decode()
    batch = Batch.objects.get()
    assert (batch.state, batch.message) == ("refused", UNKNOWN)
    assert "指定各列" in page and columns_page(batch) in page
    page = clerk.get(columns_page(batch))
    lines = [(line.place, line.title, line.examples[-1]) for line in page.context["form"].lines]
    assert [place for place, _, _ in lines] == ["A", "B", "C", "D"]
    assert [title for _, title, _ in lines] == TITLES
    assert lines[3][2] == "52300"
    offered = dict(page.context["form"].fields["field_3"].choices)
    assert (offered["tax"], "output" in offered) == ("评价税收（万元）", False)


def test_the_stored_file_is_judged_with_the_columns_said(clerk, sheet, firm):
    batch = told(clerk, sheet)
    assert (batch.state, batch.counts["new"], batch.header_row) == ("ready", 2, 2)
    assert "按指定的各列读取。" in batch.notes
    assert any("D 列“入库税额”以 元 为单位，已换算为 万元" in note for note in batch.notes)
    clerk.post(page_of(batch))
    assert YearlyFact.objects.get(enterprise=firm).tax == D("4.10")
    assert ColumnMapping.objects.count() == 0
    acts = JournalEntry.objects.filter(act__in=["上传表格", "指定各列", "重新核对表格", "核对表格"]).order_by("pk")
    assert [entry.act for entry in acts] == ["上传表格", "核对表格", "指定各列", "重新核对表格", "核对表格"]


def test_one_unknown_required_title_among_known_ones(clerk, tmp_path, firm):
    path = book(tmp_path / "a.xlsx", ["企业代号", "年份", "评价税收（万元）"], [firm.credit_code, 2020, 3])
    upload(clerk, path, KIND)
    batch = Batch.objects.get()
    assert batch.message == "缺少必需的列：“统一社会信用代码”。请补上后重新上传；表中有这些列而标题不同的，请指定各列。"
    page = clerk.get(columns_page(batch))
    assert [line.name for line in page.context["form"].lines] == ["", "year", "tax"]
    say(clerk, batch, {"企业代号": "enterprise", "年份": "year", "评价税收（万元）": "tax"})
    batch.refresh_from_db()
    assert (batch.state, batch.counts["new"]) == ("ready", 1)


@pytest.mark.parametrize(("title", "cell"), [("税种", "增值税"), ("所属期", "1-9月")])
def test_only_the_answer_to_the_question_of_a_column_lifts_it(clerk, tmp_path, firm, title, cell):
    """Not what was said of another column, nor that this one was left as it stood."""
    columns = {CODE: "enterprise", "年份": "year", "入库税额": "tax"}
    path = book(tmp_path / "a.xlsx", [CODE, "年份", title, "入库税额", "评价税收（万元）"], [firm.credit_code, 2020, cell, 3, 4])
    upload(clerk, path, KIND)
    batch = Batch.objects.get()
    question = batch.message
    assert f"C 列“{title}”第 2 行是“{cell}”" in question and "选“不读取，与各列的数无关”" in question
    say(clerk, batch, columns)
    batch.refresh_from_db()
    assert (batch.state, batch.message) == ("refused", question.replace("E 列“评价税收（万元）”", "D 列“入库税额”"))
    say(clerk, batch, columns | {title: "-"})
    batch.refresh_from_db()
    assert (batch.state, batch.message, batch.counts["new"]) == ("ready", "", 1)
    page = clerk.get(columns_page(batch))
    assert page.context["form"]["field_2"].initial == "-"


def test_a_saved_mapping_reads_the_next_file_and_says_so(clerk, sheet, office, tax, tmp_path, firm):
    told(clerk, sheet, name="税务局年度税收表")
    saved = ColumnMapping.objects.get()
    assert (saved.name, saved.organisation, saved.kind) == ("税务局年度税收表", office, KIND)
    assert saved.columns == {
        "纳税户编码": ["enterprise", ""], "纳税户": ["enterprise__name", ""], "所属期": ["year", ""], "入库税额": ["tax", "元"],
    }  # fmt: skip
    assert saved.history.get().history_user == tax
    next_one = book(
        tmp_path / "b.xlsx", ["入库 税额*", "所属期", "备注", "纳税户编码", "纳税户"], [38000, 2021, None, firm.credit_code, "x"]
    )
    code, document = load(KIND, next_one, tax)
    assert (code, document["status"], document["new"]) == (0, "done", 1)
    assert "按“税务局年度税收表”（县税务局）读取。" in document["notes"]
    assert YearlyFact.objects.get(year=2021).tax == D("3.80")


def test_a_mapping_is_not_taken_where_one_of_its_titles_is_missing(clerk, sheet, tax, tmp_path, firm):
    told(clerk, sheet, name="税务局年度税收表")
    path = book(tmp_path / "b.xlsx", TITLES[:3] + ["入库税款"], [firm.credit_code, firm.name, 2021, 38000])
    code, document = load(KIND, path, tax)
    assert (code, document["status"]) == (1, "refused")


def test_another_office_neither_sees_nor_uses_a_mapping(clerk, sheet, client):
    told(clerk, sheet, name="税务局年度税收表")
    saved = ColumnMapping.objects.get()
    stranger = factories.person("other", Role.REPORTER, data_items=["tax"], organisation=factories.organisation("县统计局"))
    assert load(KIND, sheet, stranger)[1]["status"] == "refused"
    client.force_login(stranger)
    assert client.get(reverse("ledger:detail", args=["column-mappings", saved.pk])).status_code == 404
    assert client.get(reverse("exchange:mapping", args=[saved.pk])).status_code == 404
    assert client.post(reverse("exchange:mapping", args=[saved.pk]), {"version": 1, "field_0": "tax"}).status_code == 404


def test_the_per_mu_office_uses_every_offices_mappings(clerk, sheet, permu):
    told(clerk, sheet, name="税务局年度税收表")
    assert load(KIND, sheet, permu, "--dry-run")[1]["notes"][0] == "按“税务局年度税收表”（县税务局）读取。"


def test_an_archived_mapping_reads_nothing(clerk, sheet, tax):
    told(clerk, sheet, name="税务局年度税收表")
    ledger.archive(record=ColumnMapping.objects.get(), version=1, reason="改用新表", actor=factories.SYSTEM)
    assert load(KIND, sheet, tax)[1]["status"] == "refused"


def test_two_mappings_that_contradict_each_other_are_not_chosen_between(clerk, sheet, permu, client):
    told(clerk, sheet, name="元表")
    batch = Batch.objects.first()
    columns = {**ColumnMapping.objects.get().columns, "入库税额": ["tax", "万元"]}
    values = {"name": "万元表", "kind": KIND, "organisation": factories.organisation("县税务局"), "columns": columns}
    second = ledger.create(model=ColumnMapping, values=values, actor=factories.SYSTEM)
    upload(clerk, sheet, KIND)
    batch = Batch.objects.first()
    assert batch.state == "refused"
    assert "有 2 个已保存的列对应都适合这张表：“万元表”（县税务局）、“元表”（县税务局），没有采用" in batch.message
    clerk.post(columns_page(batch), {"act": "saved", "saved": second.pk})
    batch.refresh_from_db()
    assert (batch.state, batch.reading.saved, batch.notes[0]) == ("ready", second, "按“万元表”（县税务局）读取。")


def test_a_recognised_mapping_can_be_set_aside_for_one_file(clerk, tmp_path, firm, tax):
    """The office once said 备用税额 is the tax; this file has the real column as well."""
    path = book(tmp_path / "a.xlsx", [CODE, "年份", "备用税额"], [firm.credit_code, 2020, 5])
    upload(clerk, path, KIND)
    say(clerk, Batch.objects.first(), {CODE: "enterprise", "年份": "year", "备用税额": "tax"}, name="备用表")
    path = book(tmp_path / "b.xlsx", [CODE, "年份", "备用税额", "评价税收（万元）"], [firm.credit_code, 2020, 5, 7])
    upload(clerk, path, KIND)
    batch = Batch.objects.first()
    assert batch.rows.get().values["tax"] == "5.00"
    assert "忽略 1 列不认识的列：D“评价税收（万元）”。" in batch.notes
    clerk.post(columns_page(batch), {"act": "plain"})
    batch.refresh_from_db()
    assert batch.rows.get().values["tax"] == "7.00"
    assert not any("备用表" in note for note in batch.notes)


@pytest.mark.parametrize(
    ("fields", "units", "fault"),
    [
        ({"入库税额": "tax", "所属期": "tax"}, {}, "“评价税收（万元）”选了两次：C 列和 D 列，只能选一列。"),
        ({"入库税额": "tax"}, {"入库税额": "吨标准煤"}, "D 列“入库税额”：单位“吨标准煤”不能换算为“万元”。"),
        ({}, {}, "请至少指定一列。"),
    ],
)
def test_what_cannot_be_said_is_told_and_nothing_changes(client, permu, sheet, fields, units, fault):
    client.force_login(permu)
    upload(client, sheet, KIND)
    batch = Batch.objects.get()
    page = say(client, batch, fields, units=units)
    assert (page.status_code, page.context["form"].non_field_errors()) == (200, [fault])
    batch.refresh_from_db()
    assert (batch.state, batch.reading.by_person, ColumnMapping.objects.count()) == ("refused", False, 0)


def test_the_sheet_and_the_row_of_the_titles_can_be_chosen(clerk, tmp_path, firm):
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.active.title = "说明"
    for line in (["表一", "表二", "表三", "表四", "表五"], ["这里", "什么", "也", "没", "有"]):
        workbook.active.append(line)
    data = workbook.create_sheet("税额")
    for line in (["2020年度", "单位", "盖章"], TITLES, [firm.credit_code, firm.name, 2020, 41000]):
        data.append(line)
    workbook.save(tmp_path / "a.xlsx")
    upload(clerk, tmp_path / "a.xlsx", KIND)
    batch = Batch.objects.get()
    assert [line.title for line in clerk.get(columns_page(batch)).context["form"].lines] == ["表一", "表二", "表三", "表四", "表五"]
    page = clerk.get(columns_page(batch), {"sheet": 1, "row": 2})
    assert [line.title for line in page.context["form"].lines] == TITLES
    say(clerk, batch, sheet=1, row=2, name="多表")
    batch.refresh_from_db()
    assert (batch.state, batch.sheet, batch.header_row) == ("ready", "税额", 2)
    assert ColumnMapping.objects.get().sheet == "税额"


def test_a_saved_mapping_is_changed_without_a_file_and_keeps_its_history(clerk, sheet, tax):
    told(clerk, sheet, name="税务局年度税收表")
    saved = ColumnMapping.objects.get()
    address = reverse("exchange:mapping", args=[saved.pk])
    form = clerk.get(address).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"version": 1}
    number = [line.title for line in form.lines].index("入库税额")
    assert clerk.post(address, sent | {f"unit_{number}": "千元"}).status_code == 302
    saved.refresh_from_db()
    assert (saved.columns["入库税额"], saved.version, saved.history.count()) == (["tax", "千元"], 2, 2)
    assert "刚刚被他人修改" in clerk.post(address, sent | {f"unit_{number}": "元"}, follow=True).content.decode()
    saved.refresh_from_db()
    assert (saved.columns["入库税额"], saved.version) == (["tax", "千元"], 2)
    panel = clerk.get(reverse("ledger:detail", args=["column-mappings", saved.pk])).content.decode()
    assert "千元" in panel and address in panel


def test_saving_under_the_same_name_changes_the_one_there_is(clerk, sheet):
    told(clerk, sheet, name="税务局年度税收表")
    batch = Batch.objects.first()
    say(clerk, batch, units={"入库税额": "千元"}, name="税务局年度税收表")
    saved = ColumnMapping.objects.get()
    assert (saved.columns["入库税额"], saved.version) == (["tax", "千元"], 2)


def test_without_an_office_nothing_is_saved_but_the_file_is_read(client, sheet, permu):
    client.force_login(permu)
    upload(client, sheet, KIND)
    batch = Batch.objects.first()
    assert say(client, batch, units={"入库税额": "元"}).status_code == 200
    batch.refresh_from_db()
    assert batch.state == "ready"


def test_a_batch_of_somebody_else_or_already_written_is_not_told_anything(clerk, sheet, client):
    batch = told(clerk, sheet)
    clerk.post(page_of(batch))
    answer = clerk.post(columns_page(batch), {"act": "plain"}, follow=True)
    assert "已入库，不能再作指定" in answer.content.decode()
    client.force_login(factories.person("stranger", Role.PER_MU))
    assert client.get(columns_page(batch)).status_code == 404


def test_a_file_that_cannot_be_opened_is_not_offered_to_be_mapped(clerk, tmp_path):
    (tmp_path / "a.xlsx").write_text("不是表格")
    page = upload(clerk, tmp_path / "a.xlsx", KIND).content.decode()
    assert "指定各列" not in page
    assert Reading.objects.count() == 0


def test_only_titles_are_kept_as_they_are_compared(clerk, tmp_path, firm):
    path = book(tmp_path / "a.xlsx", ["代 号", "期*", "税（额）"], [firm.credit_code, 2020, 31415])
    upload(clerk, path, KIND)
    say(clerk, Batch.objects.get(), {"代 号": "enterprise", "期*": "year", "税（额）": "tax"}, name="表")
    assert ColumnMapping.objects.get().columns == {"代号": ["enterprise", ""], "期": ["year", ""], "税(额)": ["tax", ""]}


def test_a_caption_that_is_asked_about_is_answered_by_choosing_the_columns_and_told_as_a_note(clerk, tmp_path, firm):
    caption, foot = "2020年度税收目标分解表", "说明：表中税收为增值税"
    upload(clerk, book(tmp_path / "a.xlsx", [caption], [CODE, "税收（万元）"], [firm.credit_code, 5], [foot]), KIND, year=2020)
    batch = Batch.objects.get()
    doubt = f"工作表“数据”表头上方“{caption}”写有“目标”，像是表中的数不是本年的实际数"
    assert batch.message.startswith(f"{doubt}。请核对") and batch.state == "refused"
    say(clerk, batch, {CODE: "enterprise", "税收（万元）": "tax"})
    batch.refresh_from_db()
    answered = "；已按您指定的各列读取，请核对。"
    one = f"第 4 行“{foot}”写有“增值税”，像是表中的数是一个税种的数，不是各税种的合计"
    assert [note for note in batch.notes if note.endswith(answered)] == [doubt + answered, one + answered]
    assert batch.state == "ready"
