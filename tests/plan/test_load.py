"""load_plan: the data files, the reference rows, and that a second run changes nothing."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command

from apps.core.actor import Actor
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from apps.ledger.choices import Origin
from apps.plan.models import TABLES, PlanFigure, PlanNote, PlanTable1
from apps.plan.selectors import industry_targets
from apps.plan.services import load_plan
from apps.platforms.models import Industry, Platform, Town
from tests import factories

pytestmark = pytest.mark.django_db
LOADER = Actor.system("load_plan")
LEDGERS = (Town, Industry, Platform, *TABLES)


def everything():
    """Every row the loader may write, with its history and journal."""
    models = (PlanFigure, PlanNote, *LEDGERS, *(model.history.model for model in LEDGERS), JournalEntry)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_it_loads_the_plan_and_the_rows_it_names():
    assert load_plan(actor=LOADER).as_dict() == {"figures": 386, "notes": 52, "removed": 0, "towns": 18, "industries": 6, "platforms": 7}
    assert [model.objects.filter(origin=Origin.PLAN).count() for model in LEDGERS] == [18, 6, 7, 7, 9, 7, 12, 10, 7, 23]
    assert [note.code for note in PlanNote.objects.all()] == [f"{part}{number}" for part in "BC" for number in range(1, 27)]
    for model in (PlanFigure, PlanNote, *LEDGERS):
        for row in model.objects.all():
            row.full_clean()


def test_a_second_run_changes_nothing():
    load_plan(actor=LOADER)
    before = everything()
    assert set(load_plan(actor=LOADER).as_dict().values()) == {0}
    assert everything() == before


def test_platforms_are_those_of_table_3():
    load_plan(actor=LOADER)
    rows = Platform.objects.order_by("-area_km2").values_list("short_name", "town__name", "area_km2", "counts_alone", "body")
    assert list(rows) == [
        ("丽缙园", "壶镇镇", Decimal("29.324"), True, "丽缙园管委会"),
        ("开发区", "新碧街道", Decimal("8.06"), True, "开发区管委会"),
        ("壶镇工业园", "壶镇镇", Decimal("3.366"), False, "壶镇镇政府"),
        ("五东工业功能区", "东渡镇", Decimal("0.67"), False, "东渡镇政府"),
        ("东方工业功能区", "东方镇", Decimal("0.45"), False, "东方镇政府"),
        ("洋山工业功能区", "新建镇", Decimal("0.39"), False, "新建镇政府"),
        ("螺蛳岩工业功能区", "舒洪镇", Decimal("0.22"), False, ""),
    ]


def test_rows_of_the_office_are_left_as_they_are():
    own = factories.town("壶镇镇", code="331122999")
    changed = factories.platform("丽缙园", counts_alone=False)
    load_plan(actor=LOADER)
    street = Town.objects.get(name="新碧街道")
    ledger.change(record=street, values={"name": "新碧街道办事处"}, version=1, actor=factories.SYSTEM)
    industry = Industry.objects.get(name="信息技术")
    ledger.change(record=industry, values={"name": "新一代信息技术"}, version=1, actor=factories.SYSTEM)

    assert load_plan(actor=LOADER).as_dict() == dict.fromkeys(("figures", "notes", "removed", "towns", "industries", "platforms"), 0)
    own.refresh_from_db()
    changed.refresh_from_db()
    assert (own.code, own.origin, own.version) == ("331122999", Origin.OFFICE, 1)
    assert (changed.counts_alone, changed.origin, changed.version) == (False, Origin.OFFICE, 1)
    assert Industry.objects.get(code="information").name == "新一代信息技术"
    assert (Town.objects.count(), Platform.objects.count()) == (18, 7)


def test_a_target_changed_by_hand_returns_to_the_print_and_a_stray_one_goes():
    load_plan(actor=LOADER)
    PlanFigure.objects.filter(row="现代装备规上产值", column="2025年").update(printed="999")
    PlanFigure.objects.create(table="目标", row="虚构产业", column="2025年", printed="1", value=1, section="", order=999)
    loaded = load_plan(actor=LOADER)
    assert (loaded.figures, loaded.removed) == (1, 1)
    assert PlanFigure.objects.get(row="现代装备规上产值", column="2025年").printed == "150"
    assert not PlanFigure.objects.filter(row="虚构产业").exists()


def test_figures_stored_before_the_tables_were_ledgers_go():
    """An office that updates runs load_plan once: the old rows leave, the tables are written."""
    PlanFigure.objects.create(table="表1", row="现代装备", column="亩均产值", printed="546", value=546, section="§1.3", order=4)
    loaded = load_plan(actor=LOADER)
    assert (loaded.figures, loaded.removed) == (386, 1)
    assert PlanTable1.objects.get(name="现代装备").output_per_mu == "546"


def test_words_are_kept_as_printed_and_have_no_value():
    load_plan(actor=LOADER)
    figures = [figure for table in TABLES for row in table.objects.all() for figure in row.figures]
    words = {(figure.table, figure.column) for figure in figures if figure.value is None}
    assert words == {("表6", "原规划用地性质"), ("表7", "投资主体")}
    assert PlanFigure.objects.get(row="丽缙园整合提升面积", column="区域一").printed == "3.40"


def test_the_command_says_what_it_did(capsys):
    call_command("load_plan")
    call_command("load_plan")
    first, second = capsys.readouterr().out.splitlines()
    assert first == "已载入：规划数 386，校核意见 52，乡镇街道 18，产业 6，平台 7。"
    assert second == "规划数据已是最新，没有改动。"


@pytest.mark.parametrize(("name", "targets"), [("现代装备", {2025: 150, 2035: 350}), ("信息技术", {2025: 60, 2035: 100}), ("其他产业", {})])
def test_targets_of_an_industry(name, targets):
    load_plan(actor=LOADER)
    assert industry_targets(name) == targets


@pytest.mark.parametrize("arguments", [("plan_check",), ("plan_table", "1")])
def test_without_the_plan_the_commands_refuse(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        call_command(*arguments, "--json")
    assert stop.value.code == 1
    assert json.loads(capsys.readouterr().out) == {"status": "refused", "message": "尚未载入规划数据，请先运行 load_plan。"}
