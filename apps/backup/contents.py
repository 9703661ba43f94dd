"""What a database holds, in figures two databases can be compared by."""

from django.apps import apps
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from apps.core.digest import digest
from apps.journal import guards, selectors

CHUNK = 2_000
FROM_MIGRATE = frozenset({"django_migrations", "django_content_type", "auth_permission"})  # what `migrate` itself writes


def models():
    """Return table name -> model of every table the program writes, also those without a model class of their own."""
    known = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in known if model._meta.managed and not model._meta.proxy and not model._meta.swapped}


def describe(using):
    """Return {"tables": name -> {"rows", "sha256"}, "migrations": [...], "journal": {"entries", "tail"}} of a database.

    Reads every row once; equal data give equal hashes on SQLite and on PostgreSQL.
    """
    verdict = selectors.verify(using)
    tables = {name: _table(model, using) for name, model in sorted(models().items())}
    return {"tables": tables, "migrations": applied(using), "journal": {"entries": verdict.entries, "tail": verdict.tail}}


def _table(model, using):
    names = [field.attname for field in model._meta.concrete_fields]
    rows, sha256 = digest(model._base_manager.using(using).order_by().values_list(*names).iterator(chunk_size=CHUNK))
    return {"rows": rows, "sha256": sha256}


def applied(using):
    """Return the migrations a database has had, as sorted texts."""
    return sorted(".".join(key) for key in MigrationRecorder(connections[using]).applied_migrations())


def of_this_release():
    """Return the migrations this release of the program has, as sorted texts."""
    return sorted(".".join(key) for key in MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def faults(using):
    """Return what is wrong with a database by itself, as Chinese sentences: its journal, its triggers, its pages and keys."""
    verdict = selectors.verify(using)
    found = []
    if verdict.first_bad is not None:
        found.append(f"日志从第 {verdict.first_bad} 条起不能核对。")
    if verdict.history_bad:
        found.append(f"日志第 {'、'.join(map(str, verdict.history_bad[:20]))} 条所写的历史行或附件登记已被改动或缺失。")
    if guards.missing(using):
        found.append("数据库缺少保护日志的触发器。")
    return found + (_sqlite_faults(using) if connections[using].vendor == "sqlite" else [])


def _sqlite_faults(using):
    with connections[using].cursor() as cursor:
        whole = cursor.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        orphans = cursor.execute("PRAGMA foreign_key_check").fetchall()
    return ["数据库文件结构损坏。"] * (not whole) + ["数据库中有指向不存在记录的引用。"] * bool(orphans)


def differences(expected, found):
    """Return what two descriptions differ in, as Chinese sentences."""
    told = []
    for name in sorted({*expected["tables"], *found["tables"]}):
        before, after = expected["tables"].get(name), found["tables"].get(name)
        if before is None or after is None:
            told.append(f"表 {name} 只在一边有。")
        elif before["rows"] != after["rows"]:
            told.append(f"表 {name} 应有 {before['rows']} 行，实有 {after['rows']} 行。")
        elif before["sha256"] != after["sha256"]:
            told.append(f"表 {name} 的内容与清单不符。")
    if expected["migrations"] != found["migrations"]:
        told.append("数据库结构版本与清单不符。")
    if expected["journal"] != found["journal"]:
        told.append("日志的条数或链尾与清单不符。")
    return told


def is_empty(using):
    """Say whether a database holds nothing but what `migrate` writes."""
    present = set(connections[using].introspection.table_names())
    return not any(
        model._base_manager.using(using).exists() for name, model in models().items() if name in present and name not in FROM_MIGRATE
    )
