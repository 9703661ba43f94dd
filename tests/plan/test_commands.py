"""plan_check and plan_table: one JSON document, the printed text untouched."""

import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.enterprises.choices import Scale
from apps.plan.services import load_plan
from apps.platforms.models import Industry, Platform, Town
from tests import factories
from tests.plan.test_rules import GOLDEN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def plan():
    load_plan(actor=Actor.system("load_plan"))


def run(capsys, *arguments):
    call_command(*arguments, "--json")
    return json.loads(capsys.readouterr().out)


def test_plan_check_prints_every_figure_and_the_fifteen(capsys):
    document = run(capsys, "plan_check")
    differing = {
        (entry["table"], entry["row"], entry["column"]): (entry["printed"], entry["recomputed"])
        for entry in document["figures"]
        if entry["verdict"] == "不一致"
    }
    assert differing == GOLDEN
    assert document["counts"] == {"一致": 129, "不一致": 15, "无法核对": 213}
    assert len(document["figures"]) == 357
    assert document["figures"][3] == {
        "table": "表1",
        "row": "现代装备",
        "column": "亩均产值",
        "unit": "万元/亩",
        "printed": "546",
        "recomputed": "546",
        "verdict": "一致",
        "formula": "2020年产值 × 10000 ÷ 用地面积",
        "working": "126.6 × 10000 ÷ 2318 ＝ 546.16",
    }


def test_plan_check_for_people_names_the_recomputed_figure(capsys):
    call_command("plan_check")
    lines = capsys.readouterr().out.splitlines()
    assert "不一致  表1 智能家居 亩均产值：335万元/亩 重算 334  51.3 × 10000 ÷ 1534 ＝ 334.42" in lines
    assert lines[-1] == "一致 129，不一致 15，无法核对 213"


@pytest.fixture
def firms():
    """Two firms of 丽缙园, one of 壶镇镇, one of 仙都街道 (not in Table 2), one 规下 that counts nowhere."""
    huzhen = Town.objects.get(name="壶镇镇")
    lijin = Platform.objects.get(short_name="丽缙园")
    equipment, health = Industry.objects.get(name="现代装备"), Industry.objects.get(name="健康医疗")
    rows = [
        (huzhen, lijin, equipment, Decimal("12345.67"), Decimal("30.5")),
        (huzhen, lijin, health, Decimal("20000"), None),
        (huzhen, Platform.objects.get(short_name="壶镇工业园"), equipment, Decimal("8000"), Decimal(10)),
        (Town.objects.get(name="仙都街道"), None, health, None, Decimal(4)),
    ]
    for town, platform, industry, output, area in rows:
        firm = factories.enterprise(town=town, platform=platform, industry=industry)
        factories.yearly(firm, output=output)
        factories.yearly(firm, year=2019, output=Decimal(1))
        if area:
            factories.occupation(firm, area=area)
    below = factories.enterprise(town=huzhen, industry=equipment, scale=Scale.BELOW)
    factories.yearly(below, output=Decimal(99999))


def figures(row):
    return (row["enterprises"], row["output"], row["area"], row["output_per_mu"])


def test_plan_table_1_groups_by_industry(capsys, firms):
    document = run(capsys, "plan_table", "1")
    rows = {row["row"]: row for row in document["rows"]}
    assert list(rows) == ["现代装备", "健康医疗", "智能家居", "节能环保", "信息技术", "其他产业", "合计"]
    assert (document["table"], document["year"]) == ("表1", 2020)
    assert figures(rows["现代装备"]) == (2, 2.034567, 40.5, 502)
    assert figures(rows["健康医疗"]) == (2, 2, 4, 5000)
    assert figures(rows["其他产业"]) == (0, None, None, None)
    assert figures(rows["合计"]) == (4, 4.034567, 44.5, 907)
    assert rows["现代装备"]["printed"] == {"enterprises": 90, "output": 126.6, "area": 2318, "output_per_mu": 546}


def test_plan_table_2_groups_by_place_and_adds_places_the_plan_does_not_print(capsys, firms):
    rows = {row["row"]: row for row in run(capsys, "plan_table", "2")["rows"]}
    printed = ["丽缙园", "开发区", "壶镇镇", "东方镇", "新建镇", "东渡镇", "舒洪镇", "五云街道"]
    assert list(rows) == [*printed, "仙都街道", "合计"]
    assert figures(rows["丽缙园"]) == (2, 3.234567, 30.5, 1061)
    assert figures(rows["壶镇镇"]) == (1, 0.8, 10, 800)
    assert figures(rows["仙都街道"]) == (1, None, 4, None)
    assert rows["仙都街道"]["printed"] == {}
    assert figures(rows["合计"]) == (4, 4.034567, 44.5, 907)


def test_a_figure_differs_only_beyond_the_printed_decimals(capsys):
    """Table 2 prints 五云街道 as 5 firms, 4.7 亿元, 245 亩, 192: an output of 46,990 万元 still reads 4.7."""
    town, industry = Town.objects.get(name="五云街道"), Industry.objects.get(name="其他产业")
    for _ in range(5):
        firm = factories.enterprise(town=town, industry=industry)
        factories.yearly(firm, output=Decimal(9398))
        factories.occupation(firm, area=Decimal("48.98"))
    rows = {row["row"]: row for row in run(capsys, "plan_table", "2")["rows"]}
    assert rows["五云街道"]["differs"] == []
    assert rows["合计"]["differs"] == ["enterprises", "output", "area", "output_per_mu"]


def test_plan_table_for_a_reader_counts_what_he_may_see(capsys, firms):
    factories.person("park_lijin", Role.PARK, platform=Platform.objects.get(short_name="丽缙园"))
    rows = {row["row"]: row for row in run(capsys, "plan_table", "2", "--as", "park_lijin")["rows"]}
    assert rows["丽缙园"]["enterprises"] == rows["合计"]["enterprises"] == 2


def test_plan_table_knows_two_tables_only():
    with pytest.raises(CommandError):
        call_command("plan_table", "3")
    with pytest.raises(CommandError):
        call_command("plan_table", "1", "--as", "nobody")
