"""Tables 1 to 7 through the door of every spreadsheet: typed in as printed, judged, confirmed, undone, exported back."""

import io

import pytest
from django.core.management import call_command
from django.urls import reverse
from import_export.resources import ModelResource
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.exchange.commands import kinds
from apps.exchange.models import Batch
from apps.ledger import registry
from apps.plan.models import TABLES, PlanFigure, PlanTable2, PlanTable6
from apps.plan.rules import Cell
from apps.plan.services import load_plan, read_printed
from tests import factories
from tests.commands import run
from tests.ledger.contract import signed_in
from tests.plan.sheets import NUMBERS, book, cells_of, printed
from tests.plan.test_rules import GOLDEN

pytestmark = pytest.mark.django_db
LOADER = Actor.system("load_plan")
PER_TABLE = dict(zip(NUMBERS, (7, 9, 7, 12, 10, 7, 23), strict=True))


@pytest.fixture
def office():
    return factories.person("permu", Role.PER_MU)


@pytest.fixture
def plan():
    load_plan(actor=LOADER)


@pytest.fixture
def imported(tmp_path, office):
    """Return a function that imports a workbook's bytes as a KIND and returns (exit code, document)."""

    def act(number, content, *options):
        path = tmp_path / f"表{number}.xlsx"
        path.write_bytes(content)
        return run("import_workbook", f"plan-table-{number}", path, "--as", "permu", *options)

    return act


def verdicts(document):
    return [document[name] for name in ("new", "changed", "unchanged", "errors")]


def differing():
    """Return what plan_check finds wrong: place -> (printed, recomputed)."""
    _, document = run("plan_check")
    return {
        Cell(*(row[name] for name in ("table", "row", "column"))): (row["printed"], row["recomputed"])
        for row in document["figures"]
        if row["verdict"] == "不一致"
    }


def test_every_table_is_a_resource_of_the_library():
    for number in NUMBERS:
        ledger = kinds()[f"plan-table-{number}"]
        assert issubclass(ledger.resource, ModelResource)
        assert ledger.resource._meta.model is TABLES[number - 1]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_table_as_printed_is_what_load_plan_wrote(number, plan, imported):
    code, document = imported(number, book(number))
    assert (code, verdicts(document)) == (0, [0, 0, PER_TABLE[number], []])


@pytest.mark.parametrize("number", NUMBERS)
def test_without_load_plan_the_table_is_written_by_the_import_alone(number, imported):
    code, document = imported(number, book(number))
    assert (code, verdicts(document)) == (0, [PER_TABLE[number], 0, 0, []])
    table = TABLES[number - 1]
    written = [(row.name, *(getattr(row, field.name) for field in table.columns())) for row in table.objects.all()]
    assert written == [(row.name, *(getattr(row, field.name) for field in table.columns())) for row in read_printed(table)]
    assert sum(len(row.figures) for row in table.objects.all()) == sum(len(cells) for _, cells in printed(number)[1])


@pytest.mark.parametrize("number", NUMBERS)
def test_the_export_is_the_print_and_comes_back_unchanged(number, plan, imported, tmp_path, office):
    out = tmp_path / "out.xlsx"
    assert run("export_ledger", f"plan-table-{number}", out, "--as", "permu")[0] == 0
    rows = cells_of(out)
    columns, lines = printed(number)
    table = [row for row in rows if row[0] in dict(lines)]
    assert [row[0] for row in table] == [label for label, _ in lines]
    shown = [["" if cell is None else str(cell) for cell in row[1 : len(columns) + 1]] for row in table]
    assert shown == [[cells.get(name, "") for name in columns] for _, cells in lines]
    code, document = imported(number, out.read_bytes())
    assert (code, verdicts(document)) == (0, [0, 0, PER_TABLE[number], []])


@pytest.mark.parametrize("number", NUMBERS)
def test_the_blank_template_has_the_printed_columns(number, tmp_path):
    out = tmp_path / "blank.xlsx"
    call_command("import_template", f"plan-table-{number}", str(out))
    header = [title for title in cells_of(out)[0] if title]
    fields = TABLES[number - 1].columns()
    assert header[1:] == [getattr(field, "label", str(field.verbose_name)) for field in fields]


def test_units_in_a_row_of_their_own_are_understood(plan, imported):
    for number in (1, 2, 3, 6):
        assert verdicts(imported(number, book(number, unit_row=True))[1]) == [0, 0, PER_TABLE[number], []]


def test_one_changed_cell_is_one_change_and_moves_the_verdicts_that_hang_on_it(plan, imported):
    assert differing() == GOLDEN
    code, document = imported(2, book(2, change={("丽缙园", "规上亩均产值"): "377"}))
    assert (code, verdicts(document)) == (0, [0, 1, 8, []])
    assert differing() == {cell: found for cell, found in GOLDEN.items() if cell != Cell("表2", "丽缙园", "规上亩均产值")}
    row = PlanTable2.objects.get(name="丽缙园")
    assert (row.output_per_mu, row.version, row.history.first().history_user.username) == ("377", 2, "permu")


def test_a_changed_total_is_a_printed_figure_of_its_own(plan, imported):
    imported(1, book(1, change={("合计", "用地面积"): "5787"}))
    moved = {cell: found for cell, found in differing().items() if cell not in GOLDEN}
    assert moved[Cell("表1", "合计", "用地面积")] == ("5787", "5786")
    assert {cell.table for cell in moved} == {"表1", "表2", "表4"}  # the totals printed again elsewhere disagree with it


def test_a_batch_is_taken_back_and_the_print_returns(plan, imported, office):
    _, document = imported(2, book(2, change={("丽缙园", "规上亩均产值"): "377"}))
    client = signed_in(office)
    client.post(reverse("ledger:batch", args=["plan-table-2", document["batch"]]), {"reason": "看错了"})
    assert PlanTable2.objects.get(name="丽缙园").output_per_mu == "367"
    assert differing() == GOLDEN
    assert Batch.objects.get().get_state_display() == "已撤销"


def test_load_plan_leaves_what_the_office_imported(plan, imported):
    imported(2, book(2, change={("丽缙园", "规上亩均产值"): "377"}))
    assert set(load_plan(actor=LOADER).as_dict().values()) == {0}
    assert PlanTable2.objects.get(name="丽缙园").output_per_mu == "377"


def test_figures_of_the_tables_are_stored_once(plan):
    assert set(PlanFigure.objects.values_list("table", flat=True)) == {"目标"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("约43", "应照规划印出的数填写"),
        ("4万", "应照规划印出的数填写"),
        ("1,140", "应照规划印出的数填写"),
        ("#N/A", "单元格是错误值 #N/A"),
        (True, "单元格是逻辑值"),
    ],
)
def test_what_is_no_printed_figure_is_an_error_at_its_cell(plan, imported, tmp_path, typed, sentence):
    workbook = load_workbook(io.BytesIO(book(2)))
    workbook.active["C3"] = typed
    workbook.save(tmp_path / "wrong.xlsx")
    code, document = imported(2, (tmp_path / "wrong.xlsx").read_bytes(), "--marked", tmp_path / "marked.xlsx")
    (fault,) = document["errors"]
    assert (code, fault["row"], fault["column"]) == (1, 3, "C")
    assert sentence in fault["message"]
    assert (tmp_path / "marked.xlsx").exists()


def test_another_unit_is_not_converted(plan, imported, tmp_path):
    workbook = load_workbook(io.BytesIO(book(2)))
    workbook.active["C2"] = "规上工业产值\n（万元）"
    workbook.save(tmp_path / "wan.xlsx")
    code, document = imported(2, (tmp_path / "wan.xlsx").read_bytes())
    assert code == 1
    assert {fault["message"] for fault in document["errors"]} == {
        "规上工业产值（亿元）：单位“万元”不是规划印出的“亿元”；请照规划的表填写。"
    }
    assert len(document["errors"]) == 9


def test_a_printed_stroke_is_kept_and_an_empty_cell_stays_empty(plan):
    assert PlanTable6.objects.get(name="红狮区块").former_use == "—"
    assert PlanTable6.objects.get(name="合计").former_use == ""


def test_only_the_per_mu_office_imports_and_everybody_reads(plan, tmp_path):
    (tmp_path / "t.xlsx").write_bytes(book(2))
    for role in Role:
        user = factories.person(role.value, role, **({"platform": factories.platform()} if role == Role.PARK else {}))
        may = role == Role.PER_MU
        assert run("import_workbook", "plan-table-2", tmp_path / "t.xlsx", "--as", user.username)[0] == (0 if may else 1)
        answer = signed_in(user).get(reverse("ledger:list", args=["plan-table-2"]))
        assert answer.status_code == (403 if role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN) else 200)


def test_the_check_page_leads_to_the_ledger_of_each_table(plan, office):
    page = signed_in(office).get(reverse("plan:check")).content.decode()
    for number in NUMBERS:
        assert reverse("ledger:list", args=[f"plan-table-{number}"]) in page
    assert registry.get("plan-table-4").label == "规划表4 土地需求预测"


@pytest.mark.parametrize("mark", ["①", "¹", "②"])
def test_the_mark_of_a_footnote_is_no_digit_of_a_figure(mark, plan, imported):
    (label, cells), *_ = printed(1)[1]
    column, figure = next((column, text) for column, text in cells.items() if text)
    code, document = imported(1, book(1, change={(label, column): f"{figure}{mark}"}))
    (error,) = document["errors"]
    assert (code, error["value"]) == (1, f"{figure}{mark}")
    assert error["message"].partition("：")[2] == f"“{figure}{mark}”带有上标、圆圈数字之类的符号；请删去符号，注释写在备注里。"
