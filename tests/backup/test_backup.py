"""A backup counts only after it was restored and compared; a damaged one says so (reliability T43)."""

import datetime as dt
import json
import os
import shutil
import sqlite3
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.backup import contents, manifest, services
from apps.core import clock
from apps.core.errors import Refused
from apps.enterprises.models import Enterprise
from apps.journal import guards
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify
from tests import factories
from tests.commands import run
from tests.offices import files_of


@pytest.fixture
def backup(office, backed_up, tmp_path):
    """A verified backup of the office."""
    return shutil.copytree(backed_up, tmp_path / "backup")


def refusal(*command):
    code, document = run(*command)
    assert code == 1
    return document["message"]


def acts():
    return list(JournalEntry.objects.order_by("-seq").values_list("act", "result")[:1])


def test_a_migrated_database_has_nobody_and_nothing(migrated, office, another_host):
    shutil.copy(migrated, another_host())
    assert (User.objects.count(), contents.is_empty("default"), guards.missing("default")) == (0, True, [])


def test_an_upgrade_puts_in_the_triggers_that_an_older_release_did_not_have(office):
    later = [name for name, _, event in guards._triggers(connection) if event == guards.REPLACE]
    with connection.cursor() as cursor:
        for name in later:
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute("DELETE FROM django_migrations WHERE (app, name) = ('journal', '0003_no_replacing')")
    assert (len(later), guards.missing("default")) == (2, later)
    call_command("migrate", verbosity=0, interactive=False)
    assert guards.missing("default") == []
    with pytest.raises(IntegrityError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {guards.ENTRY} SELECT * FROM {guards.ENTRY} WHERE seq = 1")


def test_a_backup_holds_everything_and_says_so(office, tmp_path):
    before = contents.describe("default")
    code, document = run("backup", str(tmp_path / "backup"))
    made = manifest.read(tmp_path / "backup")
    assert (code, document["status"], document["files"], document["journal"]) == (0, "verified", 1, before["journal"])
    assert {name: made[name] for name in before} == before
    assert made["verified_at"] is not None
    assert files_of(tmp_path / "backup/files") == files_of(office / "files")
    assert acts() == [("备份", "成功")]


def test_a_backup_is_of_one_moment(office, tmp_path, monkeypatch):
    """Somebody registers a firm between the dump and the count: the backup knows nothing of it and is good."""
    from apps.backup import engines

    dump = engines.Sqlite.dump

    def with_a_busy_office(alias, path):
        factories.enterprise("迟到企业")
        dump(alias, path)
        factories.enterprise("更迟到企业")

    monkeypatch.setattr(engines.Sqlite, "dump", staticmethod(with_a_busy_office))
    count = Enterprise.objects.count()
    assert run("backup", str(tmp_path / "backup"))[0] == 0
    tables = manifest.read(tmp_path / "backup")["tables"]
    assert (tables["enterprises_enterprise"]["rows"], Enterprise.objects.count()) == (count, count + 2)


def test_restored_on_another_host_everything_is_equal(office, backup, another_host):
    expected, files = manifest.read(backup), files_of(office / "files")
    folder = another_host()
    code, document = run("restore", str(backup))
    assert (code, document["status"], document["aside"]) == (0, "restored", [])
    assert files_of(folder / "files") == files
    tables = contents.describe("default")["tables"]
    assert [name for name in tables if tables[name] != expected["tables"][name]] == ["journal_journalentry", "journal_journalhead"]
    assert (acts(), verify().intact, verify().entries) == ([("恢复备份", "成功")], True, expected["journal"]["entries"] + 1)
    assert guards.missing("default") == []
    assert sorted(path.name for path in folder.glob("*") if not path.name.endswith(("-wal", "-shm"))) == ["files", "jinyun.sqlite3"]


def test_an_office_with_data_is_not_overwritten(office, backup):
    before = contents.describe("default")["tables"]["enterprises_enterprise"]
    assert "没有恢复" in refusal("restore", str(backup))
    assert contents.describe("default")["tables"]["enterprises_enterprise"] == before


def test_with_replace_the_old_office_stays_beside(office, backup):
    with transaction.atomic():
        factories.enterprise("备份以后登记")
    (office / "files/later.txt").write_text("后来")
    code, document = run("restore", str(backup), "--replace")
    assert (code, len(document["aside"])) == (0, 2)
    assert not Enterprise.objects.filter(name="备份以后登记").exists()
    assert "later.txt" not in files_of(office / "files")
    old_database, old_files = document["aside"]
    with sqlite3.connect(old_database) as old:
        assert old.execute("SELECT count(*) FROM enterprises_enterprise WHERE name = '备份以后登记'").fetchone() == (1,)
    assert "later.txt" in files_of(office.joinpath(old_files))


def test_nothing_is_exchanged_while_somebody_is_connected(office, backup):
    before, files = contents.describe("default")["tables"]["enterprises_enterprise"], files_of(office / "files")
    other = sqlite3.connect(office / "jinyun.sqlite3")
    other.execute("SELECT count(*) FROM enterprises_enterprise").fetchone()
    try:
        assert "请先停止" in refusal("restore", str(backup), "--replace")
    finally:
        other.close()
    assert contents.describe("default")["tables"]["enterprises_enterprise"] == before
    assert files_of(office / "files") == files


def test_what_a_killed_program_left_beside_is_swept_away(office, tmp_path, killed):
    """Each holds the whole office, and nobody would ever look for it; what a living one works with stays."""
    left = [office / f"jinyun.sqlite3.beside-{end}" for end in (killed, f"{killed}-journal", os.getppid(), "mine")]
    for path in left:
        path.write_bytes(b"everything")
    assert run("backup", str(tmp_path / "backup"))[0] == 0
    assert [path.exists() for path in left] == [False, False, True, True]


def test_the_restored_database_knows_of_the_restore_before_it_takes_the_place(office, backup, monkeypatch):
    """Whatever happens then: no moment has the old data back and no entry of it."""
    from apps.backup import engines

    take_place, known = engines.Sqlite.take_place, []

    def seen(alias, *arguments, **options):
        known.extend(JournalEntry.objects.using(alias).order_by("-seq").values_list("act", flat=True)[:1])
        take_place(alias, *arguments, **options)

    monkeypatch.setattr(engines.Sqlite, "take_place", staticmethod(seen))
    code, document = run("restore", str(backup), "--replace")
    assert (code, known, acts(), verify().intact) == (0, ["恢复备份"], [("恢复备份", "成功")], True)
    assert JournalEntry.objects.first().detail["aside"] == document["aside"][0]


def test_restored_files_are_no_more_open_than_uploaded_ones(backup, another_host, settings):
    before = os.umask(0o022)
    try:
        folder = another_host()
        assert run("restore", str(backup))[0] == 0
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in (folder / "files").rglob("*") if path.is_file()}
    assert modes == {settings.FILE_UPLOAD_PERMISSIONS} == {0o640}


def flipped(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path):
    path.write_bytes(path.read_bytes()[:-5000])


def copied_live(path):
    """What `cp` of the main file of a WAL database gives."""
    with transaction.atomic():
        factories.enterprise("还在 WAL 里")
    shutil.copyfile(connection.settings_dict["NAME"], path)


UPLOAD = "files/imports/上传.xlsx"
HARMS = {
    "empty database": ("database.sqlite3", lambda path: path.write_bytes(b""), "database.sqlite3 的内容与清单不符"),
    "cut database": ("database.sqlite3", cut, "database.sqlite3 的内容与清单不符"),
    "flipped byte in the database": ("database.sqlite3", flipped, "database.sqlite3 的内容与清单不符"),
    "cp of a WAL database": ("database.sqlite3", copied_live, "database.sqlite3 的内容与清单不符"),
    "no database": ("database.sqlite3", lambda path: path.unlink(), "database.sqlite3 缺失"),
    "flipped byte in a file": (UPLOAD, flipped, "文件 imports/上传.xlsx 的内容与清单不符"),
    "no file": (UPLOAD, lambda path: path.unlink(), "文件 imports/上传.xlsx 缺失"),
    "strange file": ("files/strange.txt", lambda path: path.write_text("?"), "文件 strange.txt 不在清单里"),
    "flipped byte in the manifest": ("manifest.json", flipped, "备份清单"),
    "no manifest": ("manifest.json", lambda path: path.unlink(), "没有清单"),
}


@pytest.mark.parametrize("name", HARMS)
def test_a_damaged_backup_is_reported_and_never_restored(name, backup, another_host):
    where, harm, sentence = HARMS[name]
    harm(backup / where)
    assert sentence in refusal("backup", str(backup), "--verify")
    another_host()
    assert sentence in refusal("restore", str(backup))
    assert connection.introspection.table_names() == []


def resealed(folder, **changes):
    """Write a manifest as somebody with the key would."""
    made = {**manifest.read(folder), **changes}
    manifest.write(folder, made)
    return made


def test_a_database_that_is_not_the_manifests_is_found_table_by_table(backup):
    path = backup / "database.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("UPDATE enterprises_enterprise SET name = '别的名称' WHERE name = '批量1'")
        database.execute("DELETE FROM enterprises_landoccupation")
    resealed(backup, database={"vendor": "sqlite", "size": path.stat().st_size, "sha256": services.files.sha256_of(path)})
    told = refusal("backup", str(backup), "--verify")
    assert "表 enterprises_enterprise 的内容与清单不符" in told
    assert "表 enterprises_landoccupation 应有 1 行，实有 0 行" in told


def test_a_backup_of_another_release_is_refused(backup, another_host):
    made = manifest.read(backup)
    resealed(backup, migrations=[*made["migrations"], "zzz.9999_from_the_future"])
    another_host()
    assert "与当前程序的版本不一致" in refusal("restore", str(backup))


def test_what_is_no_folder_is_no_backup(backup, another_host):
    another_host()
    assert "里没有清单" in refusal("restore", str(backup / "database.sqlite3"))


def test_a_backup_of_another_key_is_refused(backup, settings):
    settings.JOURNAL_KEY = "another"
    assert "JOURNAL_KEY" in refusal("backup", str(backup), "--verify")


def test_a_backup_of_a_broken_journal_does_not_count(office, tmp_path):
    guards.remove("default")
    JournalEntry.objects.filter(seq=2).update(target="别的对象")
    guards.install("default")
    assert "日志从第 2 条起不能核对" in refusal("backup", str(tmp_path / "backup"))
    assert manifest.read(tmp_path / "backup")["verified_at"] is None
    assert acts() == [("备份", "失败")]
    with pytest.raises(Refused):
        services.check(tmp_path)


def test_a_backup_without_the_journals_triggers_does_not_count(office, tmp_path):
    guards.remove("default")
    assert "触发器" in refusal("backup", str(tmp_path / "backup"))


def test_a_folder_with_something_in_it_is_left_alone(office, tmp_path):
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup/mine.txt").write_text("我的")
    assert "不是空目录" in refusal("backup", str(tmp_path / "backup"))
    assert files_of(tmp_path / "backup") == {"mine.txt": "我的".encode()}


def test_the_alarm_rings_after_26_hours(backup, monkeypatch):
    shelf = backup.parent
    assert run("backup", str(shelf), "--check") == (
        0,
        {"status": "fresh", "folder": str(backup), "verified_at": manifest.read(backup)["verified_at"]},
    )
    monkeypatch.setattr(clock, "now", lambda: timezone.now() + dt.timedelta(hours=26, minutes=1))
    assert "26 小时以内没有经过核对的备份" in refusal("backup", str(shelf), "--check")


DAMAGES = [name for name, (where, _, _) in HARMS.items() if where != "manifest.json"]


@pytest.mark.parametrize("name", [*DAMAGES, "zeros"])
def test_a_backup_damaged_after_it_was_verified_silences_no_alarm(name, backup):
    zeros = ("database.sqlite3", lambda path: path.write_bytes(bytes(1000)), "database.sqlite3 的内容与清单不符")
    where, harm, sentence = HARMS.get(name, zeros)
    harm(backup / where)
    told = refusal("backup", str(backup.parent), "--check")
    assert told.startswith(f"{backup.parent} 里最近一份核对过的备份 {backup.name} 已损坏：")
    assert sentence in told
    assert told.endswith("请立即重新备份，并检查存放备份的磁盘。")


def test_an_unverified_backup_silences_no_alarm(backup):
    resealed(backup, verified_at=None)
    assert "一份也没有" in refusal("backup", str(backup.parent), "--check")


def test_people_read_what_was_done(office, tmp_path):
    out = StringIO()
    call_command("backup", str(tmp_path / "backup"), stdout=out)
    made = json.loads((tmp_path / "backup/manifest.json").read_text())
    assert out.getvalue().startswith(f"备份已核对：{tmp_path / 'backup'}，{len(made['tables'])} 张表")
    assert f"日志链尾 {made['journal']['tail']}，请另处记下。" in out.getvalue()
