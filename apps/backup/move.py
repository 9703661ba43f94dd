"""The way out of the embedded mode: everything from SQLite into an empty PostgreSQL, compared table by table."""

import dj_database_url
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, transaction

from apps.backup import contents
from apps.backup.databases import opened, snapshot
from apps.core.errors import Refused
from apps.journal import services as journal
from apps.journal.models import JournalHead


def move_to_postgres(*, url, actor):
    """Copy the embedded database into the PostgreSQL database of `url` and return the description both had; each journal tells of it.

    The target gets its tables by `migrate` and its rows in one transaction; the office goes on with SQLite until its
    settings name the new one. Raises Refused where the source is no SQLite database or of another release, the
    target is not empty, somebody worked meanwhile, or the two differ afterwards; then the target keeps no row.
    """
    if connections["default"].vendor != "sqlite":
        raise Refused("当前数据库不是 SQLite，无需迁移。")
    if contents.applied("default") != contents.of_this_release():
        raise Refused("当前数据库的结构与程序版本不一致，请先执行 migrate。")
    with snapshot() as source, opened("target", **_settings(url)) as target:
        try:
            _check_empty(target)
            call_command("migrate", database=target, verbosity=0, interactive=False)
            expected = contents.describe(source)
            with transaction.atomic(using=target):
                _copy(source, target)
                told = contents.differences(expected, contents.describe(target)) + contents.faults(target)
                if told:
                    raise Refused("迁移后核对不一致，没有写入任何数据：" + "".join(told[:20]))
                if (JournalHead.objects.first() or JournalHead()).digest != expected["journal"]["tail"]:
                    raise Refused("迁移期间有人办理了事项，没有写入任何数据；请先停止网页、后台作业等服务，再迁移。")
                detail = {"tables": len(expected["tables"]), **expected["journal"]}
                journal.record(act="迁移数据库", actor=actor, target="PostgreSQL", detail=detail, using=target)
        except DatabaseError as error:
            raise Refused(f"PostgreSQL 数据库不能使用：{str(error).splitlines()[0]}") from error
    with transaction.atomic():
        journal.record(act="迁移数据库", actor=actor, target="PostgreSQL", detail=detail)
    return expected


def _settings(url):
    try:
        parsed = dj_database_url.parse(url)
    except ValueError as error:
        raise Refused("数据库地址写法不对，应为 postgres://用户:密码@主机:5432/库名。") from error
    if not parsed["ENGINE"].endswith("postgresql"):
        raise Refused("数据库地址应以 postgres:// 开头。")
    return parsed


def _check_empty(target):
    if not contents.is_empty(target):
        raise Refused("目标 PostgreSQL 数据库不是空的，没有迁移。")


def _copy(source, target):
    """Replace what `migrate` wrote by the source's rows and go on counting where the source stopped."""
    models = contents.models()
    connection = connections[target]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(sorted(contents.FROM_MIGRATE & set(models)))} CASCADE")
        for model in models.values():
            _copy_table(model, source, connection, cursor)
        for statement in connection.ops.sequence_reset_sql(no_style(), models.values()):
            cursor.execute(statement)


def _copy_table(model, source, connection, cursor):
    fields, quote = model._meta.concrete_fields, connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    rows = model._base_manager.using(source).order_by().values_list(*(field.attname for field in fields))
    with cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:
        for row in rows.iterator(chunk_size=contents.CHUNK):
            copy.write_row([field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)])
