"""The workbook of the yearly review says what the table of rights, the posts and the pages' own rules say."""

import datetime as dt

import pytest
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.accounts.models import Post
from apps.accounts.review import act_label, subject_label
from apps.accounts.rights import RIGHTS
from apps.journal.models import JournalEntry
from tests import factories
from tests.exchange.books import run
from tests.scope.routes import routes

pytestmark = pytest.mark.django_db
HEAD = 3  # title, sentence, header


@pytest.fixture
def auditor():
    return factories.person("auditor", Role.AUDIT_ADMIN)


@pytest.fixture
def sheets(auditor, tmp_path):
    """Return sheet -> rows as {title: cell}, as a person reads the file."""
    keeper = factories.person("keeper", Role.PARK, platform=factories.platform("丽缙园"))
    Post.objects.create(user=keeper, role=Role.TOWN, town=factories.town(), start=dt.date(2018, 1, 1), end=dt.date(2019, 1, 1))
    factories.person("nobody")
    code, document = run("rights_matrix", tmp_path / "out.xlsx", "--as", auditor.username)
    assert (code, document["status"]) == (0, "done")
    read = {}
    for sheet in load_workbook(tmp_path / "out.xlsx"):
        titles, *rows = list(sheet.iter_rows(min_row=HEAD, values_only=True))
        read[sheet.title] = [dict(zip(titles, row, strict=True)) for row in rows]
    assert document["rows"] == sum(len(rows) for rows in read.values())
    return read


def test_rights_are_those_of_the_table(sheets):
    first, *lines = sheets["权限"]
    assert (first["亩均办"], first["园区管理员"], first["审计管理员"]) == ("全县", "本范围", None)
    marked = {(line["对象"], line["操作"], Role(role).label) for line in lines for role in Role if line[Role(role).label] == "✓"}
    table = {
        (subject_label(subject), act_label(subject, act), role.label)
        for subject, roles in RIGHTS.items()
        for role, acts in roles.items()
        for act in acts
    }
    assert marked == table


def test_people_stand_with_their_posts_and_terms(sheets):
    rows = [(row["用户名"], row["岗位"], row["状态"]) for row in sheets["人员与岗位"]]
    assert rows == [
        ("auditor", "审计管理员", "在任"),
        ("keeper", "园区管理员（丽缙园）", "在任"),
        ("keeper", "乡镇街道（壶镇镇）", "已离任"),
        ("nobody", None, "无岗位"),
    ]
    assert sheets["人员与岗位"][2]["离任日期"] == dt.datetime(2019, 1, 1)


def test_every_page_is_there_with_who_may_open_it(sheets):
    pages = {(row["地址"], row["台账"]): row for row in sheets["页面"]}
    assert {address for address, _ in pages} == {f"/{route.path}" for route in routes()}
    assert pages["/people/sign-in/", None]["县领导"] == "不须登录"
    new = pages["/ledger/<slug:code>/new/", "企业"]
    assert [role.label for role in Role if new[role.label] == "✓"] == ["亩均办", "园区管理员", "乡镇街道"]
    assert [role.label for role in Role if pages["/journal/", None][role.label] == "✓"] == ["审计管理员"]


def test_it_is_journalled_as_an_export(sheets, auditor):
    entry = JournalEntry.objects.order_by("seq").last()
    assert (entry.act, entry.user, entry.target.split("：")[0], set(entry.detail)) == ("导出", auditor, "权限清单", {"rows", "sha256"})


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}))
def test_nobody_else_gets_it(role, tmp_path):
    factories.person("somebody", role)
    assert run("rights_matrix", tmp_path / "out.xlsx", "--as", "somebody")[0] == 1
    assert not (tmp_path / "out.xlsx").exists()
