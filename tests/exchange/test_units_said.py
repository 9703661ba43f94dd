"""What texts beside the figures say of their units, in many words; corpus/titles.csv shows what comes of it."""

import pytest

from apps.exchange.units_said import units_alone, units_said


def found(text, read=units_said):
    """Return (units, dark, phrases of one figure), each once."""
    said = read(text)
    return sorted(set(said.units)), sorted(set(said.dark)), [words for _, words in said.of_one]


@pytest.mark.parametrize(
    "text",
    [
        "金额单位：元至角分",
        "单位：元（列至角分）",
        "单位:人民币元",
        "（单位 元）",
        "单位：元角分",
        "货币单位：元",
        "数据单位：元",
        "金额：元",
    ]
    + [
        "币种：人民币 单位：元",
        "以上金额单位均为元",
        "本表金额均以元为计量单位",
        "注：本表金额均为元",
        "表内各项均为元",
        "备注：税收单位元",
    ]
    + ["单位：县税务局 金额单位：元", "2021年度税收情况表（元）", "Unit: RMB yuan", "units: yuan", "金额按元填列", "产值、税收均为元。"],
)
def test_yuan_for_all(text):
    assert found(text) == (["元"], [], [])


@pytest.mark.parametrize(
    "text",
    [
        "单位：县税务局",
        "填报单位：县税务局",
        "单位：人社局",
        "单位：度假区管委会",
        "单位：元丰公司",
        "用人单位人数",
        "以户为单位",
        "数据为初步数",
    ]
    + ["本表为亩均评价", "负责人为张三", "以法人填报", "2021年度税收情况表", "单位负责人：张三", "人均产值为预计数", "以厂为家"],
)
def test_nothing(text):
    assert found(text) == ([], [], [])


@pytest.mark.parametrize(
    ("text", "dark"),
    [("单位：元/户", "元/户"), ("金额单位：元每户", "元每户"), ("单位：两", "两"), ("金额均为美元", "美元"), ("单位：万", "万")]
    + [("计量单位：万元（%）", None), ("单位：元保留两位小数", "元保留两位小数"), ("Unit: RMB 10,000", "RMB 10,000")],
)
def test_a_unit_that_is_none_is_dark(text, dark):
    assert found(text)[1] == ([dark] if dark else [])


def test_a_unit_of_one_figure_is_not_that_of_all():
    assert found("注：税收为元") == ([], [], ["税收为元"])


@pytest.mark.parametrize(
    "text",
    [
        "总资产（单位：元）",
        "总资产（单位为元）",
        "贷款500（万元）",
        "固定资产（万元）",
        "元",
        "单位（个）",
        "单位：县局",
        "填报单位：元丰厂",
    ],
)
def test_a_title_or_a_remark_that_bears_a_unit_is_no_statement_about_all(text):
    assert found(text, units_alone) == ([], [], [])


@pytest.mark.parametrize(
    "text", ["单位：元", "（单位：元）", "注：金额单位为元", "单位（元）", "金额单位：元至角分", "※ 单位：元", "Unit: yuan"]
)
def test_a_statement_alone_in_its_cell(text):
    assert found(text, units_alone) == (["元"], [], [])
