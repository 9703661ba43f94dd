"""Every hostile cell in every column of every kind: each is named exactly there, no other cell is, nothing is saved."""

import datetime as dt
import string

import pytest

from apps.exchange.columns import Companion
from apps.exchange.commands import kinds
from tests import factories
from tests.exchange.books import book, load, places
from tests.exchange.hostile import BAD_CELLS, form_of
from tests.exchange.test_round_trip import KINDS, writer_of

FIGURES = {"工业总产值（万元）": 100.5, "平均职工人数（人）": 12, "用电量（万千瓦时）": 1.25}


def valid_row(kind, number):
    """Return title -> cell of a new row of `kind` that is accepted; rows of different numbers do not meet."""
    return {
        "towns": lambda: {"区划代码": f"331122{number:03d}", "名称": f"第{number}镇", "类别": "街道"},
        "industries": lambda: {"编号": f"x{number}", "名称": f"产业{number}", "类别": "主导产业", "次序": 3},
        "platforms": lambda: {
            "编号": f"Q{number}", "名称": f"示例园区{number}", "简称": f"园{number}", "所在乡镇": "壶镇镇", "规划面积（平方公里）": 1.5,
            "单独统计": "否",
        },
        "blocks": lambda: {"区块编号": f"Q{number}", "区块名称": "示例区块", "所属平台": "丽缙园", "面积（亩）": 120},
        "parcels": lambda: {"宗地编号": f"X{number}", "宗地名称": "示例宗地", "所在乡镇": "壶镇镇", "面积（亩）": 10.5, "坐落": "一号路"},
        "enterprises": lambda: {
            "统一社会信用代码": factories.credit_code(), "企业名称": "示例新厂", "规模": "规上", "乡镇街道": "壶镇镇", "产业": "现代装备",
            "行业代码": "C3421", "成立日期": dt.date(2001, 2, 3), "联系人": "王五",
        },
        "enterprise-facts": lambda: {"统一社会信用代码": factories.enterprise().credit_code, "年份": 2020, "规模": "规上", **FIGURES},
        "monthly-facts": lambda: {"统一社会信用代码": factories.enterprise().credit_code, "年份": 2021, "月份": 9, **FIGURES},
        "land-occupation": lambda: {
            "统一社会信用代码": factories.enterprise().credit_code, "宗地编号": factories.parcel().code, "占用方式": "自有",
            "起始日期": dt.date(2015, 1, 1), "面积（亩）": 30,
        },
        "instructions": lambda: {
            "编号": f"JB2099-{number:04d}", "产业链": factories.chain_of_industry().name, "来源": "走访", "缓急": "一般",
            "交办内容": "协调用地", "配合单位": "县税务局", "办理时限": dt.date(2099, 12, 31),
        },
        "land-cases": lambda: {
            "台账编号": f"JY-2099-LJ-{number:04d}", "类别": "批而未供", "宗地编号": factories.parcel().code, "待处置面积（亩）": 10.5,
            "批准时间": dt.date(2019, 6, 1), "规划用途": "工业", "成因": "政府原因",
        },
        "industry-chains": lambda: {
            "产业": factories.industry(f"产业{number}").name, "名称": f"第{number}链", "重点子链": "特色机床", "链长职务": "副县长",
        },
        "assessment-schemes": lambda: {
            "编号": f"y{number}", "名称": "示例方案", "年度": 2022, "结果占比": 0.7, "序时进度（%）": "20、45、70、100", "绿灯下限": 1,
            "黄灯下限": 0.9, "依据": "文件",
        },
        "assessment-groups": lambda: {"方案编号": factories.scheme().code, "组别": f"G{number}", "名称": "乡镇"},
        "assessment-units": lambda: {
            "分组": factories.group().key, "考核对象": f"第{number}镇", "合署单位": "示例街道", "对应平台": "丽缙园",
            "对应乡镇街道": "壶镇镇", "次序": 3,
        },
        "assessment-indicators": lambda: {
            "方案编号": factories.scheme().code, "编号": f"R{number}", "指标": "产值", "类别": "结果", "计量单位": "亿元", "权重": 12.5,
            "计分方法": "完成率法", "完成率上限": 1.2, "每位次递减": 0.05, "方向": "越高越好", "目标口径": "按序时进度",
            "无数据时": "权重分摊", "取数": "人工填报", "数据来源": "县统计局", "说明": "口径", "次序": 3,
        },
        "assessment-targets": lambda: {
            "考核对象": factories.unit().key, "指标": factories.indicator(f"R{number}").key, "全年目标": 40.5,
        },
    }[kind]()  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_bad_cell_is_named_exactly(kind, db, tmp_path):
    factories.town(), factories.industry(), factories.platform()
    ledger, user = kinds()[kind], writer_of(kind)
    resource = ledger.resource(user=user)
    resource.bind()
    forms = {column.title: form_of(column) for column in resource.columns if not isinstance(column, Companion)}
    titles = list(valid_row(kind, 1))
    bad = [(index, title, cell) for index, title in enumerate(titles) for cell in BAD_CELLS[forms[title]]]
    rows = [{**valid_row(kind, number), title: cell} for number, (_, title, cell) in enumerate(bad, start=2)]
    rows.append(valid_row(kind, 1))
    before = ledger.model.objects.count()
    code, document = load(kind, book(tmp_path / "a.xlsx", titles, *(list(row.values()) for row in rows)), user)
    named = places(document)
    expected = [(row, string.ascii_uppercase[index]) for row, (index, _, _) in enumerate(bad, start=2)]
    wrong = {place: bad[place[0] - 2] for place in set(named) ^ set(expected)}
    assert (code, document["status"], wrong, document["new"]) == (1, "errors", {}, 1)
    assert ledger.model.objects.count() == before


@pytest.mark.parametrize("kind", KINDS)
def test_the_valid_row_is_accepted(kind, db, tmp_path):
    factories.town(), factories.industry(), factories.platform()
    user, row = writer_of(kind), valid_row(kind, 1)
    code, document = load(kind, book(tmp_path / "a.xlsx", list(row), list(row.values())), user)
    assert (code, document["errors"], document["new"]) == (0, [], 1)
