"""The same on PostgreSQL, and the way there from SQLite (reliability T43, T45); the office's role (G5)."""

import itertools
import os
import shutil
import subprocess
from pathlib import Path

import dj_database_url
import psycopg
import pytest
from django.conf import settings as project
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from apps.accounts.models import User
from apps.backup import contents, manifest
from apps.backup.files import sha256_of
from apps.core.actor import Actor
from apps.enterprises.models import Enterprise
from apps.journal import guards
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify
from apps.journal.services import record
from tests import factories
from tests.backup.test_backup import cut, flipped, refusal
from tests.commands import run
from tests.offices import DATABASE, files_of, fill, migrate, working_in

pytestmark = pytest.mark.services
PREFIX = "bt_"
OWNER = {"USER": "bt_owner", "PASSWORD": "only-for-this-test"}  # no superuser: what docs/deploy.md gives the owner
_numbers = itertools.count(1)


def admin(statement):
    with connections["default"]._nodb_cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def drop_all():
    names = admin(f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}{connections['default'].settings_dict['NAME']}%'")
    for (name,) in names:
        admin(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def blank(django_db_blocker, django_db_setup):
    """Call it with a word to get the name of a new, empty database."""
    assert connection.vendor == "postgresql"
    with django_db_blocker.unblock():
        drop_all()
        admin(f"DROP ROLE IF EXISTS {OWNER['USER']}")
        admin(f"CREATE ROLE {OWNER['USER']} LOGIN CREATEDB PASSWORD '{OWNER['PASSWORD']}'")

        def made(word):
            name = f"{PREFIX}{connections['default'].settings_dict['NAME']}_{word}"
            admin(f'CREATE DATABASE "{name}" OWNER {OWNER["USER"]} TEMPLATE template0')
            return name

        yield made
        drop_all()
        admin(f"DROP ROLE {OWNER['USER']}")


@pytest.fixture(scope="session")
def full(blank, django_db_blocker):
    """The name of a database in which an office has worked."""
    name = blank("full")
    with django_db_blocker.unblock(), working_in(NAME=name, **OWNER):
        migrate()
        fill()
    return name


@pytest.fixture
def office(full, filled, tmp_path, settings, django_db_blocker):
    """An office of its own on PostgreSQL."""
    name = f"{full}_{next(_numbers)}"
    with django_db_blocker.unblock():
        admin(f'CREATE DATABASE "{name}" OWNER {OWNER["USER"]} TEMPLATE "{full}"')
        settings.MEDIA_ROOT = filled / "files"
        with working_in(NAME=name, **OWNER):
            yield name
        admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def another_host(office, tmp_path, settings):
    def moved():
        connection.close()
        name = f"{office}_other"
        admin(f'CREATE DATABASE "{name}" TEMPLATE template0')
        connections["default"].settings_dict["NAME"] = name
        settings.MEDIA_ROOT = tmp_path / "another/files"
        return name

    return moved


@pytest.fixture
def backup(office, tmp_path):
    folder = tmp_path / "backup"
    assert run("backup", str(folder))[0] == 0
    return folder


def test_a_backup_is_restored_on_another_host(backup, another_host, filled, tmp_path):
    expected = manifest.read(backup)
    name = another_host()
    code, document = run("restore", str(backup))
    assert (code, document.get("aside")) == (0, []), document
    tables = contents.describe("default")["tables"]
    assert [table for table in tables if tables[table] != expected["tables"][table]] == ["journal_journalentry", "journal_journalhead"]
    assert (verify().intact, guards.missing("default")) == (True, [])
    assert files_of(tmp_path / "another/files") == files_of(filled / "files")
    assert admin(f"SELECT count(*) FROM pg_database WHERE datname LIKE '{name}%'") == [(1,)]
    factories.enterprise("恢复以后登记")  # the sequences go on where they were


def test_with_replace_the_old_database_stays_beside(office, backup, another_host, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "own/files"
    with transaction.atomic():
        factories.enterprise("备份以后登记")
    assert "没有恢复" in refusal("restore", str(backup))
    code, document = run("restore", str(backup), "--replace")
    assert (code, len(document["aside"])) == (0, 1)
    assert not Enterprise.objects.filter(name="备份以后登记").exists()
    with working_in(NAME=document["aside"][0]):
        assert Enterprise.objects.filter(name="备份以后登记").exists()
    admin(f'DROP DATABASE "{document["aside"][0]}"')


def test_nothing_is_exchanged_while_somebody_is_connected(office, backup, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "own/files"
    before = contents.describe("default")["tables"]["enterprises_enterprise"]
    own = connection.settings_dict
    with psycopg.connect(dbname=office, host=own["HOST"], port=own["PORT"], user=own["USER"], password=own["PASSWORD"]):
        assert "请先停止" in refusal("restore", str(backup), "--replace")
    assert contents.describe("default")["tables"]["enterprises_enterprise"] == before
    assert not settings.MEDIA_ROOT.exists()
    assert admin(f"SELECT count(*) FROM pg_database WHERE datname LIKE '{office}%'") == [(1,)]


@pytest.mark.parametrize("harm", [cut, flipped, lambda path: path.write_bytes(b"")])
def test_a_damaged_dump_is_reported(backup, harm):
    harm(backup / "database.dump")
    assert "database.dump 的内容与清单不符" in refusal("backup", str(backup), "--verify")


def test_a_dump_that_does_not_load_is_reported_and_leaves_nothing(office, backup):
    path = backup / "database.dump"
    cut(path)
    made = manifest.read(backup)
    database = {**made["database"], "size": path.stat().st_size, "sha256": sha256_of(path)}
    manifest.write(backup, {**made, "database": database})
    assert "pg_restore 没有完成" in refusal("backup", str(backup), "--verify")
    assert admin(f"SELECT count(*) FROM pg_database WHERE datname LIKE '{office}%'") == [(1,)]


def test_a_backup_of_sqlite_is_not_restored_here(backup):
    made = manifest.read(backup)
    manifest.write(backup, {**made, "database": {**made["database"], "vendor": "sqlite"}})
    assert "sqlite 的备份" in refusal("backup", str(backup), "--verify")


@pytest.fixture
def embedded(filled, blank, django_db_blocker, tmp_path):
    """The filled SQLite office as the office's database, and the address of an empty PostgreSQL database."""
    shutil.copytree(filled, tmp_path / "office")
    with django_db_blocker.unblock():
        own = connections["default"].settings_dict
        name = blank(f"target_{next(_numbers)}")
        url = f"postgres://{OWNER['USER']}:{OWNER['PASSWORD']}@{own['HOST']}:{own['PORT']}/{name}"
        with working_in(**DATABASE, NAME=str(tmp_path / "office/jinyun.sqlite3")):
            yield url, name


def test_the_embedded_office_moves_to_postgresql(embedded, django_db_blocker):
    url, name = embedded
    expected = contents.describe("default")
    assert connection.vendor == "sqlite"
    code, document = run("move_to_postgres", url)
    assert (code, document["status"], document["journal"]) == (0, "moved", expected["journal"])
    moved = [("迁移数据库", "成功", {"tables": len(expected["tables"]), **expected["journal"]})]
    assert list(JournalEntry.objects.values_list("act", "result", "detail")[:1]) == moved
    own = connection.settings_dict
    with working_in(**{**own, "ENGINE": "django.db.backends.postgresql", "OPTIONS": {}, **dj_database_url.parse(url)}):
        assert connection.vendor == "postgresql"
        tables = contents.describe("default")["tables"]
        assert [table for table in tables if tables[table] != expected["tables"][table]] == ["journal_journalentry", "journal_journalhead"]
        assert list(JournalEntry.objects.values_list("act", "result", "detail")[:1]) == moved  # the new journal tells where it comes from
        assert (contents.faults("default"), User.objects.get().username) == ([], "permu")
        factories.enterprise("迁移以后登记")
        assert verify().intact
        with pytest.raises(IntegrityError), transaction.atomic():
            JournalEntry.objects.filter(seq=1).delete()
    assert "不是空的" in refusal("move_to_postgres", url)


def test_what_is_done_while_the_office_moves_is_not_lost_unseen(embedded, monkeypatch):
    from apps.backup import move

    url, name = embedded
    copy = move._copy

    def with_a_busy_office(source, target):
        copy(source, target)
        factories.enterprise("迁移时登记")

    monkeypatch.setattr(move, "_copy", with_a_busy_office)
    assert "请先停止网页、后台作业等服务" in refusal("move_to_postgres", url)
    monkeypatch.setattr(move, "_copy", copy)
    assert run("move_to_postgres", url)[0] == 0  # nothing was left in it, and the firm comes along


def test_what_a_killed_program_left_beside_is_swept_away(office, backup, killed):
    left = [f"{office}_beside_{end}" for end in (killed, os.getppid(), "mine")]
    for name in left:
        admin(f'CREATE DATABASE "{name}" TEMPLATE template0')
    own = connection.settings_dict
    with psycopg.connect(dbname=left[0], host=own["HOST"], port=own["PORT"], user=own["USER"], password=own["PASSWORD"]):
        assert run("backup", str(backup), "--verify")[0] == 0  # somebody looks into it: it stays for the next time
    assert run("backup", str(backup), "--verify")[0] == 0
    there = admin(f"SELECT datname FROM pg_database WHERE datname LIKE '{office}_beside_%'")
    for (name,) in there:
        admin(f'DROP DATABASE "{name}"')
    assert {name for (name,) in there} == set(left[1:])


def test_an_office_nobody_has_worked_in_yet_moves_too(migrated, embedded):
    url, name = embedded
    connection.close()
    shutil.copy(migrated, connection.settings_dict["NAME"])
    code, document = run("move_to_postgres", url)
    assert (code, document["journal"]["entries"]) == (0, 0)


@pytest.mark.parametrize("url", ["sqlite:///x.sqlite3", "nonsense"])
def test_an_address_that_is_no_postgresql_is_refused(embedded, url):
    assert "postgres://" in refusal("move_to_postgres", url)


@pytest.fixture
def role(office, full):
    """Work in a role that was given what deploy/app-role.sql gives."""
    name, own = f"{office}_app", connection.settings_dict
    root = dj_database_url.parse(os.environ["DATABASE_URL"])
    with working_in(USER=root["USER"], PASSWORD=root["PASSWORD"]):
        admin(f"CREATE ROLE \"{name}\" LOGIN PASSWORD 'only-for-this-test'")
    where = ["-h", own["HOST"], "-p", str(own["PORT"]), "-U", own["USER"], "-d", office]
    script = Path(project.BASE_DIR) / "deploy/app-role.sql"
    command = ["psql", *where, "-q", "-v", "ON_ERROR_STOP=1", "-v", f"app={name}", "-f", str(script)]
    subprocess.run(command, env={**os.environ, "PGPASSWORD": own["PASSWORD"]}, check=True, capture_output=True)
    with working_in(USER=name, PASSWORD="only-for-this-test"):
        yield name
    with working_in(USER=root["USER"], PASSWORD=root["PASSWORD"]), connection.cursor() as cursor:
        cursor.execute(f'DROP OWNED BY "{name}"')
        cursor.execute(f'DROP ROLE "{name}"')


FORBIDDEN = [
    "UPDATE journal_journalentry SET act = 'x'",
    "DELETE FROM journal_journalentry",
    "TRUNCATE journal_journalentry",
    "DROP TABLE journal_journalentry",
    "ALTER TABLE journal_journalentry DISABLE TRIGGER ALL",
    "DROP TRIGGER journal_journalentry_no_update ON journal_journalentry",
    "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "DELETE FROM journal_journalhead",
    "DROP TABLE enterprises_enterprise",
    "CREATE TABLE mine (id int)",
    "UPDATE enterprises_historicalenterprise SET name = 'x'",
]


def test_the_office_role_is_refused(role):
    for statement in FORBIDDEN:
        with pytest.raises(DatabaseError, match="permission denied|must be owner"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert verify().intact


def test_the_office_role_works_and_is_journalled(role):
    before = verify().entries
    firm = factories.enterprise("以服务账号登记")
    with transaction.atomic():
        record(act="测试", actor=Actor.system("测试"))
    assert (Enterprise.objects.get(name="以服务账号登记"), verify().entries - before, verify().intact) == (firm, 2, True)
