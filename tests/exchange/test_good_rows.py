"""A file with errors: all or none, or on the person's word the rows without one, exactly as they were tried."""

from decimal import Decimal

import pytest
from django.urls import reverse

from apps.core.errors import Refused
from apps.enterprises.models import LandOccupation, YearlyFact
from apps.exchange.models import Batch
from apps.journal.models import JournalEntry
from apps.ledger import checks
from tests import factories
from tests.exchange.books import CODE, FACT, book, cells, load, page_of, places, upload

GOOD = {"rows": "good"}
OFFER = "只入库没有错误的行</h2>"


@pytest.fixture
def mixed(tmp_path, firm):
    factories.yearly(firm, 2019, output=5)
    rows = [(2020, 100), (2019, 7), (2018, "约3"), (2021, 8)]
    return book(tmp_path / "mixed.xlsx", FACT, *[[firm.credit_code, firm.name, year, "规上", output, 3] for year, output in rows])


def facts():
    return list(YearlyFact.objects.order_by("year").values_list("year", "output", "version"))


def test_nothing_is_written_unless_it_is_asked_for(clerk, mixed):
    page = upload(clerk, mixed).content.decode()
    assert OFFER in page
    assert "将写入 3 行：新增 2 条，修改 1 条" in page
    assert "第 4 行（共 1 行）不入库" in page
    assert "有错误，不能入库" in clerk.post(page_of(Batch.objects.get()), follow=True).content.decode()
    assert facts() == [(2019, 5, 1)]


def test_the_good_rows_are_written_and_the_page_says_what_was_left_out(clerk, mixed, tmp_path):
    upload(clerk, mixed)
    batch = Batch.objects.get()
    page = clerk.post(page_of(batch), GOOD, follow=True).content.decode()
    assert facts() == [(2019, 7, 2), (2020, 100, 1), (2021, 8, 1)]
    assert "现在数据库中的结果" in page
    assert "新增 2 条，修改 1 条，0 条无变化" in page
    assert "只入库了没有错误的行。第 4 行（共 1 行）没有入库" in page
    assert str(batch.pk) in page
    assert reverse("ledger:batch", args=["enterprise-facts", batch.pk]) in page
    assert OFFER not in page
    batch.refresh_from_db()
    assert (batch.state, batch.good_rows, batch.counts) == ("done", True, {"new": 2, "changed": 1, "unchanged": 0, "error": 1})
    assert JournalEntry.objects.filter(act="导入").count() == 1
    left = tmp_path / "left.xlsx"
    left.write_bytes(b"".join(clerk.get(reverse("exchange:marked", args=[batch.pk]), {"rows": "bad"}).streaming_content))
    assert [row[2:5] for row in cells(left)[1:]] == [[2018, "规上", "约3"]]


def test_once_written_they_are_not_written_again(clerk, mixed):
    upload(clerk, mixed)
    batch = Batch.objects.get()
    clerk.post(page_of(batch), GOOD)
    written = facts()
    clerk.post(page_of(batch), GOOD)
    clerk.post(page_of(batch))
    assert (facts(), JournalEntry.objects.filter(act="导入").count()) == (written, 1)


@pytest.fixture
def crowded(tmp_path, firm):
    """A workbook with two enterprises on one parcel of 10 mu, together more than it has, and a third row on a free one."""
    ground, other = factories.parcel(area=Decimal(10)), factories.parcel(area=Decimal(10))
    head = [CODE, "宗地编号", "占用方式", "起始日期", "面积（亩）"]
    second = factories.enterprise("示例乙有限公司")
    rows = [[owner.credit_code, ground.code, "自有", "2020-01-01", 8] for owner in (firm, second)]
    path = book(tmp_path / "a.xlsx", head, *rows, [firm.credit_code, other.code, "自有", "2020-01-01", 8])
    return path, other.code


def test_what_is_written_alone_was_tried_alone(clerk, crowded):
    """The rule across rows speaks of the two; the third was tried without them."""
    path, free = crowded
    upload(clerk, path, "land-occupation")
    batch = Batch.objects.get()
    assert (batch.separable, list(batch.rows.values_list("row", "verdict"))) == (True, [(2, "error"), (3, "error"), (4, "new")])
    clerk.post(page_of(batch), GOOD)
    assert [(held.parcel.code, held.area) for held in LandOccupation.objects.all()] == [(free, 8)]


def test_a_total_that_does_not_agree_is_no_row_of_data(clerk, tmp_path, firm):
    rows = [[firm.credit_code, firm.name, 2020, "规上", 10, 1], ["合计", None, None, None, 12, 1]]
    page = upload(clerk, book(tmp_path / "a.xlsx", FACT, *rows)).content.decode()
    assert OFFER in page
    assert "合计与各行之和不符" in page
    page = clerk.post(page_of(Batch.objects.get()), GOOD, follow=True).content.decode()
    assert "只入库了没有错误的行。合计行没有入库。" in page
    assert facts() == [(2020, 10, 1)]


def test_what_the_ledger_has_against_the_whole_leaves_no_choice(clerk, tmp_path, firm, monkeypatch):
    """A rule that names no row cannot be met by leaving rows out."""

    def against_the_whole(records):
        raise Refused("全县合计超过上限。")

    monkeypatch.setitem(checks._from_above, YearlyFact, [against_the_whole])
    page = upload(clerk, book(tmp_path / "a.xlsx", FACT, [firm.credit_code, firm.name, 2020, "规上", 10, 1])).content.decode()
    assert "全县合计超过上限。" in page
    assert "有不属于某一行的错误，不能只入库没有错误的行。" in page
    assert OFFER not in page
    assert "不能只入库没有错误的行" in clerk.post(page_of(Batch.objects.get()), GOOD, follow=True).content.decode()
    assert facts() == []


def test_where_no_row_is_good_there_is_nothing_to_offer(clerk, bad):
    page = upload(clerk, bad).content.decode()
    assert OFFER not in page
    assert "不能只入库没有错误的行" not in page
    assert "不能只入库没有错误的行" in clerk.post(page_of(Batch.objects.get()), GOOD, follow=True).content.decode()


def test_the_ledger_moved_on_before_the_good_rows_were_written(clerk, mixed, firm):
    upload(clerk, mixed)
    factories.yearly(firm, 2021, output=1)
    batch = Batch.objects.get()
    page = clerk.post(page_of(batch), GOOD, follow=True).content.decode()
    assert ("已由他人登记" in page, OFFER in page) == (True, False)
    assert facts() == [(2019, 5, 1), (2021, 1, 1)]
    page = clerk.post(reverse("exchange:recheck", args=[batch.pk]), follow=True).content.decode()
    assert "将写入 3 行：新增 1 条，修改 2 条" in page


def test_the_command_writes_good_rows_on_demand(mixed, permu, tmp_path):
    assert load("enterprise-facts", mixed, permu)[0] == 1
    assert facts() == [(2019, 5, 1)]
    code, document = load("enterprise-facts", mixed, permu, "--good-rows", "--dry-run")
    assert (code, document["status"], facts()) == (1, "errors", [(2019, 5, 1)])
    out = tmp_path / "out.xlsx"
    code, document = load("enterprise-facts", mixed, permu, "--good-rows", "--marked", out)
    assert (code, document["status"], document["new"], document["changed"], places(document)) == (0, "done", 2, 1, [(4, "E")])
    assert facts() == [(2019, 7, 2), (2020, 100, 1), (2021, 8, 1)]
    assert "不是确切的数字" in cells(out)[3][6]


def test_the_command_writes_a_whole_file_as_ever(good, permu):
    code, document = load("enterprise-facts", good, permu, "--good-rows")
    assert (code, document["status"], Batch.objects.get().good_rows) == (0, "done", False)
