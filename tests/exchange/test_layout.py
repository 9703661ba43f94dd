"""Finding the header, units, totals and feet of a sheet as offices lay it out (domain 7.6, reliability 3.4 01-09)."""

from decimal import Decimal

import pytest

from apps.exchange import row_kinds
from apps.exchange.layout import Wanted, find_header
from apps.exchange.units import factor

WANTED = [
    Wanted("code", "统一社会信用代码", ("信用代码",)),
    Wanted("name", "企业名称", ("单位名称", "企业全称")),
    Wanted("output", "工业总产值（万元）", ("工业总产值",), "万元"),
    Wanted("area", "面积（亩）", ("用地面积",), "亩"),
]
MORE_FEET = [["经办人：张三", None, "负责人：李四"], ["单位（盖章）：县税务局"], ["报送日期：2021年10月8日"], ["日期：2021.10.8"]]
MORE_FEET += [["注1：入库数"], ["※ 初步数"], ["1.本表为入库税收"], ["　　2.排名不分先后"]]


def header(*rows, merges=()):
    return find_header(list(enumerate(map(list, rows), start=1)), list(merges), WANTED)


def columns(found):
    return {name: (column.index, column.unit) for name, column in found.columns.items()}


def test_title_rows_other_order_and_synonyms():
    found = header(["缙云县2020年度数据"], ["条件：全部"], ["序号", "企业全称", "信用代码"], [1, "甲", "9133"])
    assert (found.first, found.last) == (3, 3)
    assert columns(found) == {"name": (2, ""), "code": (3, "")}
    assert [column.alias for column in found.columns.values()] == [True, True]
    assert found.unknown == []


@pytest.mark.parametrize(
    "title",
    [
        "工业总产值（万元）",
        "工业总产值(万元)",
        "工业总产值\n（万元）",
        " *工业总产值 （万元）",
        "工业总产值/万元",
        "\ufeff工业总产值：万元",
    ],
)
def test_ways_to_write_a_unit(title):
    found = header(["企业名称", title])
    assert found.columns["output"].index == 2
    assert found.columns["output"].unit in ("", "万元")
    assert not found.columns["output"].alias


def test_two_row_header_with_merges_and_a_unit_row():
    rows = [
        ["统一社会信用代码", "企业名称", "主要指标", None],
        [None, None, "工业总产值", "用地面积"],
        [None, None, "亿元", "公顷"],
        ["9133", "甲", 1, 2],
    ]
    found = header(*rows, merges=[[1, 1, 2, 1], [1, 2, 2, 2], [1, 3, 1, 4]])
    assert (found.first, found.last) == (1, 3)
    assert columns(found) == {"code": (1, ""), "name": (2, ""), "output": (3, "亿元"), "area": (4, "公顷")}


@pytest.mark.parametrize("numbers", [["甲", "乙", 1, 2], ["甲", "—", "（1）", "（2）"], ["栏次", 1, 2, "3=2/1"], ["1", "2", "3", "4"]])
@pytest.mark.parametrize("units", [[], [[None, None, "亿元", "公顷"]]])
def test_a_row_that_numbers_its_columns_belongs_to_the_header(numbers, units):
    titles = ["统一社会信用代码", "企业名称", "工业总产值", "用地面积"]
    for rows in ([titles, *units, numbers], [titles, numbers, *units]):
        assert header(*rows, ["9133", "甲", 1, 2]).last == 2 + len(units)


@pytest.mark.parametrize("row", [["9133", "甲", 1, 2], ["甲", "乙", 1, 3], ["甲", None, 1, 2], ["甲", "乙", 0, 1]])
def test_a_row_of_figures_does_not_number_columns(row):
    assert header(["统一社会信用代码", "企业名称", "工业总产值", "用地面积"], row).last == 1


def test_three_row_header():
    rows = [["统一社会信用代码", "指标", None], [None, "生产", "土地"], [None, "工业总产值", "用地面积"], ["9133", 1, 2]]
    found = header(*rows, merges=[[1, 1, 3, 1], [1, 2, 1, 3]])
    assert (found.last, columns(found)) == (3, {"code": (1, ""), "output": (2, ""), "area": (3, "")})


def test_unit_of_the_whole_sheet():
    found = header(["填报单位：壶镇镇", None, "单位：亿元、公顷"], ["企业名称", "工业总产值", "用地面积"])
    assert columns(found) == {"name": (1, ""), "output": (2, "亿元"), "area": (3, "公顷")}


def test_unknown_and_double_columns_are_named():
    found = header(["企业名称", "备注", "单位名称", "工业总产值"])
    assert found.unknown == [(2, "备注")]
    assert [(name, one.index, two.index) for name, one, two in found.twice] == [("name", 1, 3)]


def test_no_header():
    assert header(["甲", "乙"], ["企业名称"]) is None


@pytest.mark.parametrize("cells", [["合计", None, 3], [None, "总 计", 3], ["小计"], ["合　计"]])
def test_total_rows(cells):
    assert row_kinds.is_total(cells)


@pytest.mark.parametrize(
    "cells", [["填表人：张三"], [None, "填 表 人: 张三"], ["注：1.本表"], ["审核人："], ["联系电话：0578"], *MORE_FEET]
)
def test_feet(cells):
    assert row_kinds.is_foot(cells)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([None, None, None, None, "合计", 5], "total"),
        ([None, "全县", 5], "total"),
        (["壶镇镇小计", None, 5], "group"),
        ([None, "其中：规上企业", 5], "part"),
        (["平均", None, 5], "part"),
        ([None, "壶镇合计机械", 5], "data"),
        (["91331122MA2TERT01U", "甲", "平均"], "data"),
        (["91331122MA2TERT01U", "1.甲", 5], "data"),
    ],
)
def test_rows_that_name_no_record_may_be_totals(cells, kind):
    assert row_kinds.row_kind(cells, naming=[1, 2]) == kind


@pytest.mark.parametrize("cells", [["91331122MA2TERT01U", "合计机械厂"], [1, "注塑厂"], ["说明书印刷厂"]])
def test_firms_are_neither(cells):
    assert not row_kinds.is_total(cells)
    assert not row_kinds.is_foot(cells)


@pytest.mark.parametrize(
    ("printed", "total", "rows", "verdict"),
    [
        ("100.00", "100", 3, None),
        ("100.00", "100.004", 3, "rounding"),
        ("100.0", "100.1", 3, "rounding"),
        ("100.0", "100.2", 3, "wrong"),
        ("100", "100.4", 9, "rounding"),
        ("100", "101", 9, "wrong"),
    ],
)
def test_sum_fault(printed, total, rows, verdict):
    assert row_kinds.sum_fault(Decimal(printed), Decimal(total), rows) == verdict


@pytest.mark.parametrize(
    ("source", "target", "share"),
    [
        ("亿元", "万元", "10000"),
        ("元", "万元", "1/10000"),
        ("公顷", "亩", "15"),
        ("平方公里", "亩", "1500"),
        ("平方米", "亩", "3/2000"),
        ("度", "万千瓦时", "1/10000"),
    ],
)
def test_units(source, target, share):
    assert str(factor(source, target)) == share


def test_units_that_do_not_convert():
    assert [factor("亩", "万元"), factor("万", "亩"), factor("万元", "")] == [None, None, None]
