"""What was changed past the office, by somebody with the database or the disk, is named the next night (F1, at rest)."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from apps.core.actor import Actor
from apps.enterprises.models import Enterprise
from apps.jobs import services as jobs
from apps.jobs.choices import State
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify as verify_journal
from apps.land.models import LandCase
from apps.ledger import papers, services
from apps.ledger.models import LedgerModel, TrailEntry
from apps.ledger.verification import NAMED, verify
from apps.ledger.workflow import apply_move
from apps.plan.models import TABLES
from tests import commands, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return factories.enterprise("示例甲机械有限公司")


@pytest.fixture
def case():
    return factories.land_case()


@pytest.fixture
def paper(case):
    return papers.add(record=case, slot="approval", name="批准文件.pdf", content=b"%PDF-1.4", actor=factories.SYSTEM)


def sql(statement, *params):
    """Change rows as somebody with the database's password does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        assert cursor.rowcount == 1


def faults():
    """Return what last night's job says; the same stands in the command's answer."""
    job = jobs.run_here(jobs.enqueue(kind="ledger.verify", key="x", params={"day": "2026-01-31"}, actor=factories.SYSTEM).pk)
    code, document = commands.run("ledger_verify")
    assert verify_journal().intact  # what the journal tells of is as it was
    if job.state == State.DONE:
        assert (code, document["wrong"], document["faults"]) == (0, 0, [])
        assert job.result["text"] == f"{document['compared']}，与写入时相符。"
        return []
    found = document["faults"]
    assert (code, job.state, document["wrong"]) == (1, State.FAILED, len(found))
    assert job.error == f"有 {len(found)} 处与写入时不符，请立即告知审计管理员：{'；'.join(found)}。"
    return found


def test_what_the_office_wrote_is_as_it_was_written(firm, case, paper):
    """Every ledger; what was entered, changed, moved, archived; papers withdrawn; with and without values in every field."""
    factories.yearly(firm), factories.monthly(firm, 2020, 6), factories.occupation(firm), factories.block(platform=factories.platform())
    factories.chain(), factories.target(), factories.instruction(), factories.assessment_round(), factories.column_mapping()
    for table in TABLES:
        factories.printed_row(table)
    written = [model for model in apps.get_models() if issubclass(model, LedgerModel) and model.objects.exists()]
    assert len(written) > 15
    changed = services.change(record=firm, values={"contact": "张三"}, version=1, actor=factories.SYSTEM)
    services.archive(record=changed, version=2, reason="误登", actor=factories.SYSTEM)
    papers.withdraw(record=case, paper=paper, reason="传错", actor=factories.SYSTEM)
    assert faults() == []
    verdict = verify()
    assert (verdict.rows, verdict.papers, verdict.moves) == (sum(model.objects.count() for model in written), 1, TrailEntry.objects.count())


def test_a_name_changed_by_sql(firm):
    factories.enterprise("示例乙机械有限公司")
    sql("UPDATE enterprises_enterprise SET name = %s WHERE id = %s", "另一公司", firm.pk)
    assert faults() == [f"企业“另一公司”（编号 {firm.pk}）的企业名称与历史不符"]


def test_a_state_changed_by_sql(case, paper):
    sql("UPDATE land_landcase SET state = 'approved', version = 7 WHERE id = %s", case.pk)
    assert faults() == [f"土地处置“{case}”（编号 {case.pk}）的版本、状态与历史不符"]


@pytest.mark.parametrize(("before", "after"), [("张三", ""), ("", "张三")])
def test_a_value_taken_out_or_put_in(firm, before, after):
    services.change(record=firm, values={"contact": before}, version=1, actor=factories.SYSTEM) if before else None
    sql("UPDATE enterprises_enterprise SET contact = %s WHERE id = %s", after, firm.pk)
    assert faults() == [f"企业“{firm}”（编号 {firm.pk}）的联系人与历史不符"]


@pytest.mark.parametrize(("before", "after"), [("2019-06-01", None), (None, "2019-06-01")])
def test_no_data_is_a_value_too(before, after):
    case = factories.land_case(approved_on=before and dt.date.fromisoformat(before))
    sql("UPDATE land_landcase SET approved_on = %s WHERE id = %s", after, case.pk)
    assert faults() == [f"土地处置“{case}”（编号 {case.pk}）的批准时间与历史不符"]


def test_the_last_history_row_counts(firm):
    """Back to what it once was is a change as well."""
    services.change(record=firm, values={"contact": "张三"}, version=1, actor=Actor.system("测试"))
    sql("UPDATE enterprises_enterprise SET contact = '', version = 1 WHERE id = %s", firm.pk)
    assert faults() == [f"企业“{firm}”（编号 {firm.pk}）的版本、联系人与历史不符"]


def test_a_row_put_in_and_a_row_taken_out_by_sql(firm, case):
    names = ", ".join(connection.ops.quote_name(field.column) for field in Enterprise._meta.concrete_fields[1:])
    other = names.replace('"credit_code"', "'91331122MA99999999'")
    sql(f"INSERT INTO enterprises_enterprise ({names}) SELECT {other} FROM enterprises_enterprise WHERE id = %s", firm.pk)
    sql("DELETE FROM land_landcase WHERE id = %s", case.pk)
    forged = Enterprise.objects.latest("pk")
    assert faults() == [f"企业“{firm.name}”（编号 {forged.pk}）没有历史", f"土地处置（编号 {case.pk}）只有历史，记录已不在"]


HISTORY = Enterprise.history.model._meta
FORGED_HISTORY = ", ".join(connection.ops.quote_name(field.column) for field in HISTORY.concrete_fields if not field.primary_key)


def forge_history(record, batch=None):
    """Put in a history row that says what a row forged by SQL says now."""
    named = FORGED_HISTORY.replace('"contact"', "'李四'").replace('"batch"', f"'{batch.hex}'" if batch else "NULL")
    table = HISTORY.db_table
    sql(f"INSERT INTO {table} ({FORGED_HISTORY}) SELECT {named} FROM {table} WHERE id = %s ORDER BY history_id LIMIT 1", record.pk)
    sql("UPDATE enterprises_enterprise SET contact = '李四' WHERE id = %s", record.pk)
    return record.history.latest("history_id").pk


def test_a_row_forged_together_with_a_new_history_row(firm):
    key = forge_history(firm)
    assert faults() == [f"企业（编号 {firm.pk}）的历史（第 {key} 行）没有日志"]


def test_a_history_row_that_claims_to_be_of_a_batch(firm):
    new = [Enterprise(name=f"批量{n}", credit_code=factories.credit_code(), **alike(firm)) for n in range(2)]
    batch = services.write_batch(model=Enterprise, new=new, changed=[], actor=factories.SYSTEM, reason="导入")
    assert faults() == []
    key = forge_history(firm, batch)
    assert faults() == [f"企业（编号 {firm.pk}）的历史（第 {key} 行）没有日志"]


def test_a_row_forged_together_with_its_history_row_is_found_by_the_journal(firm):
    for table, key in (("enterprises_enterprise", "id"), (HISTORY.db_table, "id")):
        sql(f"UPDATE {table} SET contact = '李四' WHERE {key} = %s", firm.pk)
    assert (verify().faults, verify_journal().history_bad) == ((), (JournalEntry.objects.get(act="新增", target__contains=firm.name).seq,))


def alike(firm):
    return {"town": firm.town, "industry": firm.industry, "scale": firm.scale}


@pytest.fixture
def moved(case):
    return apply_move(record=case, move="verify", actor=factories.SYSTEM, version=case.version, comment="已到现场")


TRAIL = {
    "comment": ("UPDATE ledger_trailentry SET comment = '同意' WHERE record_id = %s AND number = 1", "第 1 步“{}”与日志不符"),
    "person": ("UPDATE ledger_trailentry SET post = '局长' WHERE record_id = %s AND number = 0", "第 0 步“登记”与日志不符"),
    "day": ("UPDATE ledger_trailentry SET \"on\" = '2020-01-01' WHERE record_id = %s AND number = 1", "第 1 步“{}”与日志不符"),
}


@pytest.mark.parametrize("harm", TRAIL)
def test_a_line_of_the_trail_changed_by_sql(moved, harm):
    assert faults() == []
    statement, said = TRAIL[harm]
    label = TrailEntry.objects.get(number=1).label
    sql(statement, moved.pk)
    assert faults() == [f"土地处置编号 {moved.pk} 的流转{said.format(label)}"]


def test_a_line_of_the_trail_taken_out_and_one_put_in(moved):
    entry = JournalEntry.objects.get(act="办理")
    sql("DELETE FROM ledger_trailentry WHERE record_id = %s AND number = 1", moved.pk)
    assert faults() == [f"{entry.target}的流转缺失"]
    forged = TrailEntry.objects.get(number=0)
    forged.pk, forged.number, forged.label = None, 1, "批准"
    forged.save()
    assert faults() == [f"{entry.target}的流转缺失", f"土地处置编号 {moved.pk} 的流转第 1 步“批准”没有日志"]


def test_the_first_lines_of_a_batch(case):
    new = [LandCase(number=f"JY-2022-LJ-{n}", land_class=case.land_class, parcel=case.parcel, area=case.area) for n in (1, 2, 3)]
    services.write_batch(model=LandCase, new=new, changed=[], actor=factories.SYSTEM, reason="导入")
    entry = JournalEntry.objects.latest("seq")
    assert (entry.detail["trail"]["rows"], faults()) == (3, [])
    sql("UPDATE ledger_trailentry SET comment = '误登' WHERE record_id = %s", new[1].pk)
    assert faults() == [f"{entry.target}的登记流转与日志不符"]


def test_lines_from_before_the_journal_told_of_them_are_not_asked(moved):
    """An installation that was updated: its first sealed line is the first that is compared."""
    TrailEntry.objects.create(pk=-1, ledger="land-cases", record_id=moved.pk, number=9, move="x", label="旧", target="x", channel="页面")
    assert faults() == []


def test_a_byte_of_a_paper(case, paper):
    other = papers.add(record=case, slot="approval", name="另一.pdf", content=b"%PDF-1.4", actor=factories.SYSTEM)
    papers.withdraw(record=LandCase.objects.get(), paper=other, reason="传错", actor=factories.SYSTEM)
    Path(paper.file.path).write_bytes(b"%PDF-1.5")
    Path(other.file.path).unlink()
    assert faults() == [
        f"附件“批准文件.pdf”（编号 {paper.pk}，土地处置编号 {case.pk}）缺失或被改动",
        f"附件“另一.pdf”（编号 {other.pk}，土地处置编号 {case.pk}）缺失或被改动",
    ]


FORGED = {
    "another file": "UPDATE ledger_paper SET sha256 = %s WHERE id = %s",
    "taken out": "DELETE FROM ledger_paper WHERE sha256 <> %s AND id = %s",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_paper_forged_with_its_row_is_found_by_the_journal(paper, how):
    content = b"%PDF-1.5"
    Path(paper.file.path).write_bytes(content)
    sql(FORGED[how], hashlib.sha256(content).hexdigest(), paper.pk)
    entry = JournalEntry.objects.get(act="上传附件")
    assert (verify().faults, verify_journal().history_bad) == ((), (entry.seq,))


def test_a_paper_that_is_put_back_by_sql_is_found_by_the_journal(case, paper):
    papers.withdraw(record=case, paper=paper, reason="传错", actor=factories.SYSTEM)
    assert verify_journal().intact
    sql("UPDATE ledger_paper SET withdrawn_at = NULL WHERE id = %s", paper.pk)
    assert verify_journal().history_bad == (JournalEntry.objects.get(act="撤下附件").seq,)


def test_many_are_counted_and_the_first_are_named(firm):
    for number in range(NAMED + 5):
        factories.enterprise(f"企业{number}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE enterprises_enterprise SET contact = '李四'")
    verdict = verify()
    assert (verdict.wrong, len(verdict.faults)) == (NAMED + 6, NAMED)


def test_a_ledger_of_any_size_is_compared_in_the_same_statements(firm, django_assert_num_queries):
    models = len([model for model in apps.get_models() if issubclass(model, LedgerModel)])
    statements = 6 * models + 10  # rows; changed ones, vanished ones, counted and named; history; the rest once
    with django_assert_num_queries(statements):
        verify()
    factories.enterprise("示例乙"), factories.enterprise("示例丙")
    with django_assert_num_queries(statements):
        verify()
