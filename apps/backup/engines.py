"""Dump, load and swap on the two engines. A whole database is one file in a backup."""

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import DatabaseError, connections
from django.db.backends.postgresql.client import DatabaseClient

from apps.backup.databases import opened
from apps.core.errors import Refused

LONGEST = 38  # so much of a database's name stays in its scratch names; PostgreSQL takes 63
OBJECT_IN_USE = "55006"  # PostgreSQL's SQLSTATE
IN_USE = "还有程序连接着数据库，请先停止网页、后台作业等服务，再恢复。"


def engine(vendor=None):
    """Return the engine of the office's database, or of a backup's `vendor`. Raises Refused for an unknown one."""
    known = {"sqlite": Sqlite, "postgresql": Postgres}
    vendor = vendor or connections["default"].vendor
    if vendor not in known:
        raise Refused(f"不认识的数据库种类“{vendor}”。")
    return known[vendor]


def dead(name):
    """Say whether a scratch database, by its name or its file's, was left by a program that was killed."""
    process = re.search(r"beside[-_](\d+)", name)
    try:
        os.kill(int(process[1]) if process else os.getpid(), 0)
    except (ProcessLookupError, OverflowError):  # no process has, or can have, this number
        return True
    except OSError:
        return False
    return False


class Sqlite:
    vendor, file = "sqlite", "database.sqlite3"

    @staticmethod
    def dump(alias, path):
        """Write what the connection `alias` sees, in its open transaction, to `path` as one file."""
        with closing(sqlite3.connect(path)) as copy:
            connections[alias].connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")

    @staticmethod
    @contextmanager
    def beside(path):
        """Load a dump into a new database beside the office's and yield its alias; it is removed unless it took the place."""
        own = Path(connections["default"].settings_dict["NAME"])
        scratch = own.with_name(f"{own.name}.beside-{os.getpid()}")
        try:
            own.parent.mkdir(parents=True, exist_ok=True)
            for left in own.parent.glob(f"{own.name}.beside-*"):
                if dead(left.name):
                    left.unlink(missing_ok=True)
            shutil.copyfile(path, scratch)
            with opened("beside", NAME=str(scratch)) as alias:
                yield alias
        finally:
            scratch.unlink(missing_ok=True)

    @staticmethod
    def aside(stamp):
        """Return where the office's own database lies once another took its place."""
        own = Path(connections["default"].settings_dict["NAME"])
        return own.with_name(f"{own.name}.replaced-{stamp}")

    @staticmethod
    def take_place(alias, aside, keep):
        """Make the database beside the office's own, in one rename; the old one goes `aside` where it is to be kept."""
        scratch, own = Path(connections[alias].settings_dict["NAME"]), Path(connections["default"].settings_dict["NAME"])
        connections[alias].close()
        connections["default"].close()
        _leave_wal(own)
        if keep:
            os.link(own, aside)
        os.replace(scratch, own)


def _leave_wal(path):
    """Fold a database's WAL into its file. Raises Refused while anybody else has it open."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as database:
            mode = database.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise Refused(IN_USE) from error
    if mode != "delete":
        raise Refused(IN_USE)


class Postgres:
    vendor, file = "postgresql", "database.dump"

    @staticmethod
    def dump(alias, path):
        """Write what the connection `alias` sees, in its open transaction, to `path` with pg_dump."""
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            moment = cursor.fetchone()[0]
        _call("pg_dump", alias, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={path}")

    @staticmethod
    @contextmanager
    def beside(path):
        """Load a dump into a new database beside the office's and yield its alias; it is dropped unless it took the place."""
        own = f"{connections['default'].settings_dict['NAME'][:LONGEST]}_beside_"
        name = f"{own}{os.getpid()}"
        for (left,) in _admin("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", own):
            if left == name or dead(left):
                with suppress(Refused):  # somebody looks into it, or it is another's: a backup does not fail for that
                    _admin(f"DROP DATABASE IF EXISTS {_quoted(left)}")
        _admin(f"CREATE DATABASE {_quoted(name)} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            with opened("beside", NAME=name) as alias:
                _call("pg_restore", alias, "--single-transaction", "--no-owner", "--no-privileges", "--dbname", last=str(path))
                yield alias
        finally:
            _admin(f"DROP DATABASE IF EXISTS {_quoted(name)}")

    @staticmethod
    def aside(stamp):
        """Return what the office's own database is called once another took its place."""
        return f"{connections['default'].settings_dict['NAME'][:LONGEST]}_replaced_{stamp}"

    @staticmethod
    def take_place(alias, aside, keep):
        """Exchange the names of the database beside and the office's own; the old one is called `aside` where it is to be kept."""
        beside, own = connections[alias].settings_dict["NAME"], connections["default"].settings_dict["NAME"]
        connections[alias].close()
        connections["default"].close()
        # Two statements sent together are one transaction: there is no moment without a database of this name.
        _admin(f"ALTER DATABASE {_quoted(own)} RENAME TO {_quoted(aside)}; ALTER DATABASE {_quoted(beside)} RENAME TO {_quoted(own)}")
        if not keep:
            _admin(f"DROP DATABASE {_quoted(aside)}")


def _call(program, alias, *options, last=None):
    """Run a PostgreSQL program against the database of `alias`. Raises Refused with its last words."""
    arguments, environment = DatabaseClient.settings_to_cmd_args_env(connections[alias].settings_dict, [])
    *where, name = arguments[1:]
    command = [program, *where, *options, name, *([last] if last else [])]
    try:
        done = subprocess.run(command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Refused(f"找不到 {program}，请安装与服务器同版本的 PostgreSQL 客户端。") from error
    if done.returncode:
        raise Refused(f"{program} 没有完成：{(done.stderr.strip().splitlines() or ['无说明'])[-1]}")


def _admin(statement, *values):
    """Run a statement about databases as a whole and return its rows, if any.

    Raises Refused where somebody is connected or the right is missing.
    """
    try:
        with opened("admin") as alias, connections[alias]._nodb_cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == OBJECT_IN_USE:
            raise Refused(IN_USE) from error
        raise Refused(f"不能建立或更换数据库（账号需要 CREATEDB 权限并拥有该数据库）：{str(error).splitlines()[0]}") from error


def _quoted(name):
    return connections["default"].ops.quote_name(name)
