"""A workbook goes in through the command, whole or not at all, and says what is wrong where."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.choices import Role
from apps.enterprises.models import Enterprise, LandOccupation, YearlyFact
from apps.exchange.commands import kinds
from apps.exchange.models import Batch
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from apps.ledger import services
from tests import factories
from tests.commands import run
from tests.exchange.books import CODE, FACT, NAME, book, load, places

D = Decimal
ENTERPRISE = [CODE, NAME, "规模", "乡镇街道", "平台", "产业"]


def nothing(message):
    """Return the document of a command that read and wrote nothing."""
    empty = {"new": 0, "changed": 0, "unchanged": 0, "errors": [], "notes": [], "batch": None}
    return {"status": "refused", **empty, "message": message}


def facts(path, *rows):
    return book(path, FACT, *rows)


def test_new_changed_and_unchanged(tmp_path, permu, firm):
    other = factories.enterprise("示例乙有限公司")
    third = factories.enterprise("示例丙有限公司")
    factories.yearly(other, 2020, output=D("10"), tax=D("1"))
    factories.yearly(third, 2020, output=D("20"), tax=D("2"))
    path = facts(
        tmp_path / "a.xlsx",
        [firm.credit_code, firm.name, 2020, "规上", 100.5, 3],
        [other.credit_code, other.name, 2020, "规上", 11, 1],
        [third.credit_code, third.name, 2020, "规上", 20, 2],
    )
    code, document = load("enterprise-facts", path, permu, "--dry-run")
    assert (code, document["status"], document["new"], document["changed"], document["unchanged"]) == (0, "ready", 1, 1, 1)
    assert YearlyFact.objects.count() == 2
    code, document = load("enterprise-facts", path, permu)
    assert (code, document["status"], document["new"], document["changed"], document["unchanged"]) == (0, "done", 1, 1, 1)
    assert YearlyFact.objects.get(enterprise=firm).output == D("100.50")
    changed = YearlyFact.objects.get(enterprise=other)
    assert (changed.output, changed.version) == (D("11"), 2)
    assert YearlyFact.objects.get(enterprise=third).version == 1
    batch = Batch.objects.get(pk=document["batch"])
    assert changed.history.latest().batch == batch.pk
    assert changed.history.latest().history_user == permu
    assert batch.rows.get(verdict="changed").changes == [["工业总产值（万元）", "10", "11"]]
    said = {"enterprise_id": firm.pk, "year": 2020, "scale": "above", "output": "100.50", "tax": "3.00"}
    assert batch.rows.get(verdict="new").values == said
    assert batch.jobs == [["grading.regrade", "regrade:2020"]]
    assert Job.objects.filter(kind="grading.regrade", key="regrade:2020").exists()
    acts = JournalEntry.objects.filter(user=permu).order_by("seq").values_list("act", "channel")
    looked = [(act, "命令") for act in ("上传表格", "核对表格")] + [("作业完成", "后台作业")]
    assert list(acts) == [*looked, *looked, ("导入", "命令"), ("作业完成", "后台作业")]


def test_importing_again_changes_nothing(tmp_path, permu, firm):
    path = facts(tmp_path / "a.xlsx", [firm.credit_code, firm.name, 2020, "规上", 100.5, 3])
    load("enterprise-facts", path, permu)
    code, document = load("enterprise-facts", path, permu)
    assert (code, document["new"], document["changed"], document["unchanged"]) == (0, 0, 0, 1)
    assert any("同一个文件" in note for note in document["notes"])


def test_every_error_is_named_and_nothing_is_saved(tmp_path, permu, firm):
    good = factories.enterprise("示例乙有限公司")
    path = facts(
        tmp_path / "a.xlsx",
        [good.credit_code, good.name, 2020, "规上", 50, 1],
        [int("913311220000000001"), "甲", 2020, "规上", 1, 1],
        [firm.credit_code, firm.name, 2020, "规大", "约3400", "待补"],
        [firm.credit_code, firm.name, 2020, "规上", -5, 1],
        [good.credit_code, good.name, 2020, "规上", 50, 1],
        ["91331122MA2TERT010", "乙", 2020, "规上", 1, 1],
        [None, "丙", "20x0", "规上", 1, True],
    )
    code, document = load("enterprise-facts", path, permu)
    assert (code, document["status"]) == (1, "errors")
    assert places(document) == [
        (3, "A"), (4, "D"), (4, "E"), (4, "F"), (5, "A"), (5, "E"), (6, "A"), (7, "A"), (8, "A"), (8, "C"), (8, "F"),
    ]  # fmt: skip
    by_place = {(error["row"], error["column"]): error for error in document["errors"]}
    assert by_place[4, "E"] == {
        "sheet": "数据",
        "row": 4,
        "column": "E",
        "value": "约3400",
        "message": "工业总产值（万元）：“约3400”不是确切的数字；请只填数字，单位写在列标题里，不写“约”、百分号和汉字数字。",
    }
    assert by_place[4, "D"]["message"] == "规模：“规大”不在可选项内；可填：规上、规下。"
    assert "第 2 行重复" in by_place[6, "A"]["message"]
    assert "校验位" in by_place[7, "A"]["message"]
    assert "文本格式" in by_place[3, "A"]["message"]
    assert YearlyFact.objects.count() == 0
    assert not JournalEntry.objects.filter(act="导入").exists()


def test_a_department_sheet_touches_only_its_columns(tmp_path, firm):
    tax = factories.person("dept_tax", Role.REPORTER, data_items=["tax"])
    fact = factories.yearly(firm, 2020, output=D("100"), tax=D("3"))
    path = book(tmp_path / "a.xlsx", [CODE, "单位名称", "评价税收（元）"], [firm.credit_code, "别的名字", 41000])
    code, document = load("enterprise-facts", path, tax, "--year", "2020")
    assert (code, document["changed"]) == (0, 1)
    fact.refresh_from_db()
    assert (fact.output, fact.tax, fact.scale) == (D("100"), D("4.10"), "above")
    assert [note for note in document["notes"] if "按代码认定" in note or "换算" in note or "按“企业名称”读取" in note] == document["notes"]
    assert len(document["notes"]) == 4


def test_a_department_may_not_write_other_columns(tmp_path, firm):
    tax = factories.person("dept_tax", Role.REPORTER, data_items=["tax"])
    path = book(tmp_path / "a.xlsx", [CODE, NAME, "年份", "工业总产值（万元）"], [firm.credit_code, firm.name, 2020, 1])
    code, document = load("enterprise-facts", path, tax)
    assert (code, document["status"]) == (1, "refused")
    assert document["message"] == ("这些列不属于您报送的数据项：D 列“工业总产值（万元）”。表中没有您可以报送的列，请使用您单位的分表。")


def test_a_new_year_takes_its_scale_from_the_enterprise(tmp_path, firm):
    tax = factories.person("dept_tax", Role.REPORTER, data_items=["tax"])
    path = book(tmp_path / "a.xlsx", [CODE, "评价税收（万元）"], [firm.credit_code, 4])
    code, document = load("enterprise-facts", path, tax, "--year", "2021")
    assert (code, document["new"]) == (0, 1)
    assert YearlyFact.objects.get(year=2021).scale == firm.scale
    assert document["notes"] == ["“规模”：第 2 行 取自企业台账：规上。"]


def test_the_year_must_agree(tmp_path, permu, firm):
    path = facts(tmp_path / "a.xlsx", [firm.credit_code, firm.name, 2020, "规上", 1, 1])
    assert load("enterprise-facts", path, permu, "--year", "2020", "--dry-run")[1]["status"] == "ready"
    code, document = load("enterprise-facts", path, permu, "--year", "2019")
    assert (code, places(document)) == (1, [(2, "C")])
    assert "与上传时选择的 2019 不一致" in document["errors"][0]["message"]


def test_an_empty_cell_is_no_data_and_a_missing_column_is_left_alone(tmp_path, permu, firm):
    fact = factories.yearly(firm, 2020, output=D("100"), tax=D("3"))
    path = book(tmp_path / "a.xlsx", [CODE, "年份", "评价税收（万元）"], [firm.credit_code, 2020, None])
    assert load("enterprise-facts", path, permu)[1]["changed"] == 1
    fact.refresh_from_db()
    assert (fact.output, fact.tax) == (D("100"), None)


def test_new_enterprises_by_name_of_town_platform_and_industry(tmp_path, permu):
    town, park, trade = factories.town("五云街道"), factories.platform("丽缙园"), factories.industry()
    codes = [factories.credit_code() for _ in range(2)]
    path = book(
        tmp_path / "a.xlsx",
        ENTERPRISE,
        [codes[0].lower(), " 示例丁厂 ", "规下", "五云街道办事处", park.name, trade.code],
        [codes[1], "示例戊厂", "规上", "五云街道", None, "现代装备"],
    )
    code, document = load("enterprises", path, permu)
    assert (code, document["errors"], document["new"]) == (0, [], 2)
    first, second = Enterprise.objects.order_by("name")
    assert (first.credit_code, first.name, first.town, first.platform, first.industry) == (codes[0], "示例丁厂", town, park, trade)
    assert (second.platform, second.state, second.initials) == (None, "active", "slwc")


def test_suggestions(tmp_path, permu):
    factories.town("五云街道"), factories.platform("丽缙园"), factories.industry()
    path = book(tmp_path / "a.xlsx", ENTERPRISE, [factories.credit_code(), "示例丁厂", "规上", "五云", "丽缙圆", "现代装备、智能家居"])
    _, document = load("enterprises", path, permu)
    assert [error["message"] for error in document["errors"]] == [
        "乡镇街道：乡镇街道“五云”不存在或不在您的范围内；您是否指：五云街道？请改正后重新上传。",
        "平台：平台“丽缙圆”不存在或不在您的范围内；您是否指：丽缙园？请改正后重新上传。",
        "产业：产业“现代装备、智能家居”不存在或不在您的范围内；您是否指：现代装备？请改正后重新上传。",
    ]


def test_required_columns(tmp_path, permu, firm):
    path = book(tmp_path / "a.xlsx", [NAME, "规模", "乡镇街道"], ["甲", "规上", "壶镇镇"])
    _, document = load("enterprises", path, permu)
    assert document["message"] == "缺少必需的列：“统一社会信用代码”。请补上后重新上传。"
    path = book(tmp_path / "y.xlsx", [CODE, NAME, "评价税收（万元）"], [firm.credit_code, firm.name, 1])
    _, document = load("enterprise-facts", path, permu)
    assert document["message"] == "缺少必需的列：“年份”。请补上后重新上传；整张表是同一年的，也可以在上传时填写“年份”。"
    path = book(tmp_path / "b.xlsx", [CODE, NAME], [firm.credit_code, firm.name], [factories.credit_code(), "新企业"])
    _, document = load("enterprises", path, permu)
    assert document["status"] == "refused"
    assert document["message"] == "缺少必填的列：“规模”、“乡镇街道”、“产业”。第 3 行等是新记录，新记录必须有这些列。"
    path = book(tmp_path / "c.xlsx", [CODE, "联系人"], [firm.credit_code, "王五"])
    assert load("enterprises", path, permu)[1]["changed"] == 1


@pytest.mark.parametrize("area", [0, -3, "1e-12", 0.00000001, 1e12])
def test_impossible_areas(tmp_path, permu, firm, area):
    ground = factories.parcel()
    path = book(
        tmp_path / "a.xlsx",
        [CODE, "宗地编号", "占用方式", "起始日期", "面积（亩）"],
        [firm.credit_code, ground.code, "自有", "2020-01-01", area],
    )
    code, document = load("land-occupation", path, permu)
    assert (code, places(document)) == (1, [(2, "E")])
    assert LandOccupation.objects.count() == 0


def test_rules_that_span_rows_are_found_by_the_dry_run(tmp_path, permu, firm):
    other, ground = factories.enterprise("示例乙有限公司"), factories.parcel(area=D(10))
    head = [CODE, "宗地编号", "占用方式", "起始日期", "终止日期", "面积（亩）"]
    rows = [[enterprise.credit_code, ground.code, "自有", "2020-01-01", None, 8] for enterprise in (firm, other)]
    code, document = load("land-occupation", book(tmp_path / "a.xlsx", head, *rows), permu, "--dry-run")
    assert (code, document["status"], places(document)) == (1, "errors", [(2, "F"), (3, "F")])
    assert document["errors"][0] == {
        "sheet": "数据",
        "row": 2,
        "column": "F",
        "value": "8",
        "message": f"面积（亩）：宗地 {ground.code} 面积 10 亩，2020-01-01 起占用合计 16 亩；请核对宗地面积和自有、承租、出租面积。",
    }
    assert Batch.objects.get().counts == {"new": 0, "changed": 0, "unchanged": 0, "error": 2}
    rows[1][3:5] = ["2020-01-01", "2019-01-01"]
    code, document = load("land-occupation", book(tmp_path / "b.xlsx", head, *rows), permu, "--dry-run")
    assert document["errors"] == [
        {
            "sheet": "数据",
            "row": 3,
            "column": "E",
            "value": "2019-01-01",
            "message": "终止日期：终止日期不能早于起始日期；请核对“终止日期”、“起始日期”后重新上传。",
        }
    ]


def test_park_staff_reach_no_further_than_their_park(tmp_path, db):
    mine, other = factories.platform("丽缙园"), factories.platform("开发区")
    park = factories.person("park_lijin", Role.PARK, platform=mine)
    theirs = factories.enterprise("示例他园企业", platform=other)
    own = factories.enterprise("示例本园企业", platform=mine)
    rows = [
        [theirs.credit_code, "改名", "规上", "壶镇镇", "丽缙园", "现代装备"],
        [factories.credit_code(), "新企业", "规上", "壶镇镇", "开发区", "现代装备"],
        [own.credit_code, "示例本园企业", "规上", "壶镇镇", None, "现代装备"],
        [factories.credit_code(), "新企业二", "规上", "壶镇镇", None, "现代装备"],
    ]
    code, document = load("enterprises", book(tmp_path / "a.xlsx", ENTERPRISE, *rows), park)
    assert (code, places(document)) == (1, [(2, "A"), (3, "E"), (4, "E"), (5, "E")])
    assert document["errors"][3] == {
        "sheet": "数据",
        "row": 5,
        "column": "E",
        "value": "",
        "message": "平台：写入后不在您的范围内；请核对“平台”后重新上传。",
    }
    theirs.refresh_from_db()
    assert (theirs.name, theirs.platform, Enterprise.objects.count()) == ("示例他园企业", other, 2)


def test_who_may_import(tmp_path, firm):
    leader = factories.person("leader", Role.LEADER)
    code, document = load("enterprise-facts", facts(tmp_path / "a.xlsx", [firm.credit_code, firm.name, 2020, "规上", 1, 1]), leader)
    assert (code, document) == (1, nothing("您的岗位不能导入“年度数据”。"))
    assert Batch.objects.count() == 0


@pytest.mark.django_db
def test_wrong_use(tmp_path, permu):
    path, missing = book(tmp_path / "a.xlsx", FACT), tmp_path / "missing.xlsx"
    known = "、".join(sorted(kinds()))
    assert load("nothing", path, permu) == (2, nothing(f"没有“nothing”这类表格，可用：{known}。"))
    assert load("enterprises", missing, permu) == (2, nothing(f"没有文件 {missing}。"))
    assert load("enterprises", path, permu, "--year", "2020") == (2, nothing("“企业”没有年份，不能用 --year。"))
    assert run("import_workbook", "enterprises", path, "--as", "nobody") == (2, nothing("没有可用的用户“nobody”。"))


def test_archived_and_unique(tmp_path, permu):
    first, _ = factories.town("五云街道", "331122001"), factories.town("新碧街道", "331122002")
    services.archive(record=first, version=1, reason="测试", actor=factories.SYSTEM)
    rows = [
        ["331122001", "五云街道", "街道"],
        ["331122003", "新碧街道", "街道"],
        ["331122004", "仙都街道", "街道"],
        ["331122005", "仙都街道", "街道"],
    ]
    code, document = load("towns", book(tmp_path / "a.xlsx", ["区划代码", "名称", "类别"], *rows), permu)
    assert (code, places(document)) == (1, [(2, "A"), (3, "B"), (5, "B")])
    assert [error["message"].split("：", 1)[1] for error in document["errors"]] == [
        "该记录已归档；请先在台账中恢复，再导入。",
        "已用于台账中的另一条记录；请核对后改正。",
        "与第 4 行重复；请核对后改正。",
    ]


def test_a_cell_left_empty_takes_the_default_and_changes_nothing_the_second_time(tmp_path, permu):
    town, industry = factories.town(), factories.industry()
    header = [CODE, NAME, "规模", "经营状态", "乡镇街道", "产业"]
    path = book(tmp_path / "a.xlsx", header, [factories.credit_code(), "示例丁有限公司", "规上", None, town.name, industry.name])
    assert load("enterprises", path, permu)[1]["new"] == 1
    code, document = load("enterprises", path, permu)
    assert (code, document["changed"], document["unchanged"], document["errors"]) == (0, 0, 1, [])
    assert Enterprise.objects.get().state == "active"


@pytest.mark.parametrize("year", [1, 1999, 2101, 99999, -5, "二〇二〇"])
def test_a_year_no_fact_may_have_is_wrong_use_and_nothing_is_kept(tmp_path, permu, firm, year):
    path = book(tmp_path / "a.xlsx", [CODE, "评价税收（万元）"], [firm.credit_code, 4])
    code, document = load("enterprise-facts", path, permu, "--year", year)
    assert (code, document) == (2, nothing("参数 --year：年份应在 2000 至 2100 之间。"))
    assert (Batch.objects.count(), YearlyFact.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("！！", "！！"), ("!..", "!.."), ("2020年（规上） 表.xlsx", "2020年（规上） 表.xlsx"), ("a\u202exslx.b", "axslx.b")],
)
def test_any_file_name_is_shown_and_none_is_a_path(tmp_path, permu, firm, name, shown):
    path = facts(tmp_path / "a.xlsx", [firm.credit_code, firm.name, 2020, "规上", 1, 1]).rename(tmp_path / name)
    assert load("enterprise-facts", path, permu)[0] == 0
    batch = Batch.objects.get()
    assert batch.filename == shown
    assert batch.file.name.removeprefix("uploads/").isalnum()


def test_a_row_wrong_in_one_cell_is_still_compared_with_the_others(tmp_path, permu):
    rows = [["331122004", "仙都街道", "街道"], ["331122005", "仙都街道", "某"]]
    code, document = load("towns", book(tmp_path / "a.xlsx", ["区划代码", "名称", "类别"], *rows), permu)
    assert (code, places(document)) == (1, [(3, "B"), (3, "C")])


def test_a_wrong_total_is_a_wrong_row(tmp_path, permu, firm):
    """No data row is at fault; a batch with errors must not say "0 wrong" all the same."""
    path = facts(tmp_path / "a.xlsx", [firm.credit_code, firm.name, 2020, "规上", 10, 1], ["合计", None, None, None, 12, 1])
    _, document = load("enterprise-facts", path, permu)
    assert places(document) == [(3, "E")]
    assert Batch.objects.get().counts == {"new": 1, "changed": 0, "unchanged": 0, "error": 1}


def test_a_rule_across_rows_is_told_together_with_wrong_cells(tmp_path, permu, firm):
    """All errors are reported, not the first: the good rows are tried whatever is wrong with the others."""
    ground, other = factories.parcel(area=D(10)), factories.parcel(area=D(10))
    head = [CODE, "宗地编号", "占用方式", "起始日期", "面积（亩）"]
    rows = [
        [firm.credit_code, ground.code, "自有", "2020-01-01", 11],
        [firm.credit_code, other.code, "自有", "2020-01-01", 0],
        [firm.credit_code, other.code, "承租", "2020-01-01", 10],
    ]
    code, document = load("land-occupation", book(tmp_path / "a.xlsx", head, *rows), permu)
    assert (code, places(document), document["new"]) == (1, [(2, "E"), (3, "E")], 1)
    assert document["notes"] == ["各行之间的规则（如宗地占用合计）按没有错误的行核对；改正后重新上传时再核对全部。"]
    assert LandOccupation.objects.count() == 0


def test_one_name_under_two_codes_is_noted(tmp_path, permu):
    town, trade = factories.town(), factories.industry()
    known, codes = factories.enterprise("示例甲厂"), [factories.credit_code() for _ in range(3)]
    names = ["示例乙厂", "示例甲厂", "示例乙厂"]
    rows = [[code, name, "规上", town.name, None, trade.name] for code, name in zip(codes, names, strict=True)]
    path = book(tmp_path / "a.xlsx", ENTERPRISE, *rows)
    code, document = load("enterprises", path, permu)
    assert (code, document["status"], document["new"]) == (0, "done", 3)
    assert document["notes"] == [
        f"B 列“企业名称”：第 3 行 “示例甲厂”与台账中的 {known.credit_code} 相同，代码不同，请核对是否同一企业；"
        "第 4 行 “示例乙厂”与第 2 行相同，代码不同，请核对是否同一企业。"
    ]


def test_the_note_on_a_name_tells_nothing_of_what_lies_beyond_the_scope(tmp_path, db):
    mine = factories.platform("丽缙园")
    park = factories.person("park_lijin", Role.PARK, platform=mine)
    factories.enterprise("示例甲厂", platform=factories.platform("开发区"))
    row = [factories.credit_code(), "示例甲厂", "规上", factories.town().name, "丽缙园", factories.industry().name]
    code, document = load("enterprises", book(tmp_path / "a.xlsx", ENTERPRISE, row), park)
    assert (code, document["new"], document["notes"]) == (0, 1, [])


def test_a_founding_date_after_today_is_refused(tmp_path, permu, settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    town, trade = factories.town(), factories.industry()
    days = ("2021-10-15", "2021-10-16", "2021.6")
    rows = [[factories.credit_code(), f"示例{day}厂", "规上", town.name, None, trade.name, day] for day in days]
    _, document = load("enterprises", book(tmp_path / "a.xlsx", [*ENTERPRISE, "成立日期"], *rows), permu)
    assert [(error["row"], error["column"], error["message"]) for error in document["errors"]] == [
        (3, "G", "成立日期：不能晚于今天（2021-10-15）；请改正后重新上传。")
    ]
    assert document["notes"] == ["G 列“成立日期”：第 4 行 “2021.6”只有年月，取当月第一天 2021-06-01。"]


def test_months_are_days_by_what_the_column_means(tmp_path, permu, firm):
    ground = factories.parcel()
    head = [CODE, "宗地编号", "占用方式", "起始日期", "终止日期", "面积（亩）"]
    path = book(tmp_path / "a.xlsx", head, [firm.credit_code, ground.code, "自有", "2018年3月", "2021.2", 8])
    code, document = load("land-occupation", path, permu)
    held = LandOccupation.objects.get()
    assert (code, held.start, held.end) == (0, dt.date(2018, 3, 1), dt.date(2021, 2, 28))
    assert document["notes"] == [
        "D 列“起始日期”：第 2 行 “2018年3月”只有年月，取当月第一天 2018-03-01。",
        "E 列“终止日期”：第 2 行 “2021.2”只有年月，取当月最后一天 2021-02-28。",
    ]


def test_what_a_field_refuses_is_said_in_the_houses_words(tmp_path, permu):
    town, trade = factories.town(), factories.industry()
    row = [factories.credit_code(), "长" * 99, "规上", town.name, None, trade.name]
    _, document = load("enterprises", book(tmp_path / "a.xlsx", ENTERPRISE, row), permu)
    assert [error["message"] for error in document["errors"]] == ["企业名称：最多 80 个字，现为 99 个，请缩短；请改正后重新上传。"]


def test_a_figure_ten_times_last_years_is_noted_and_taken(tmp_path, permu, firm):
    """The unit is wrong in all likelihood, but a firm may grow: a note, not an error. Nothing is said of what was not written."""
    factories.yearly(firm, 2019, output=D("350"), tax=D("20"), staff=12)
    factories.yearly(firm, 2020, output=D("9000"), tax=D("20"))
    other = factories.enterprise("示例乙有限公司")
    factories.yearly(other, 2018, output=D("1"))  # not the year before
    path = facts(
        tmp_path / "a.xlsx",
        [firm.credit_code, firm.name, 2020, "规上", 9000, 2],
        [other.credit_code, other.name, 2020, "规上", 9000, 2],
    )
    code, document = load("enterprise-facts", path, permu)
    assert (code, document["new"], document["changed"]) == (0, 1, 1)
    assert document["notes"] == ["F 列“评价税收（万元）”：第 2 行 2 只有上年（20）的约 10 分之一，请核对单位。"]


def test_a_figure_far_from_last_years_is_not_lost_among_conversions(tmp_path, permu):
    firms = [factories.enterprise(f"示例{number}有限公司") for number in range(4)]
    factories.yearly(firms[3], 2019, tax=D("20"))
    rows = [[firm.credit_code, 2020, "规上", 20_000] for firm in firms]
    document = load("enterprise-facts", book(tmp_path / "a.xlsx", [CODE, "年份", "规模", "税收（元）"], *rows), permu)[1]
    assert document["notes"][-2:] == [
        "D 列“评价税收（万元）”：第 2 行 “20000元”换算为 2 万元；第 3 行 “20000元”换算为 2 万元；第 4 行 “20000元”换算为 2 万元；等 4 处。",
        "D 列“评价税收（万元）”：第 5 行 2 只有上年（20）的约 10 分之一，请核对单位。",
    ]


def test_a_month_is_compared_with_the_same_month_of_last_year(tmp_path, permu, firm):
    factories.monthly(firm, 2020, 8, output=D("35"))
    factories.monthly(firm, 2020, 9, output=D("40"))
    path = book(tmp_path / "a.xlsx", [CODE, "年份", "月份", "工业总产值（万元）"], [firm.credit_code, 2021, 9, 400])
    document = load("monthly-facts", path, permu)[1]
    assert (document["new"], document["notes"]) == (1, ["D 列“工业总产值（万元）”：第 2 行 400 是上年（40）的约 10 倍，请核对单位。"])


def test_last_years_figures_are_read_once(tmp_path, permu):
    """One query for a chunk of rows, however many they are."""
    firms = [factories.enterprise(f"示例{number}有限公司") for number in range(8)]
    for firm in firms:
        factories.yearly(firm, 2019, output=D("350"))
    path = facts(tmp_path / "a.xlsx", *([firm.credit_code, firm.name, 2020, "规上", 9000, 2] for firm in firms))
    with CaptureQueriesContext(connection) as queries:
        assert len(load("enterprise-facts", path, permu, "--dry-run")[1]["notes"]) == 1
    assert len([query for query in queries if "IN (2019)" in query["sql"]]) == 1
