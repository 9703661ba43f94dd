"""The database itself refuses to change or delete entries, whoever asks: triggers on SQLite and on PostgreSQL.

Installed after every `migrate` (post_migrate), so a database made without migrations has them too, and a table that
SQLite rebuilt for a later migration gets them back.

SQLite deletes the row that an INSERT OR REPLACE is in conflict with without asking a DELETE trigger, unless the connection set
`recursive_triggers`; so a row that brings a key the table holds already is refused before it is put in. PostgreSQL's ON CONFLICT
DO UPDATE fires the triggers of UPDATE.
"""

from django.db import connections

from apps.journal.models import JournalEntry, JournalHead

ENTRY, HEAD = JournalEntry._meta.db_table, JournalHead._meta.db_table
REPLACE = "REPLACE"
FORBIDDEN = ((ENTRY, "UPDATE"), (ENTRY, "DELETE"), (HEAD, "DELETE"))
KEYS = {ENTRY: ("seq", "digest", "rowid"), HEAD: ("id",)}  # what a row may be in conflict with another about; a rowid may be given, too
MESSAGE = "the journal is append-only"

SQLITE = """CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, '{message}'); END"""

SQLITE_REPLACE = """CREATE TRIGGER IF NOT EXISTS {name} BEFORE INSERT ON {table}
WHEN {held}
BEGIN SELECT RAISE(ABORT, '{message}'); END"""

POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$"""
POSTGRES = """CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()"""


def install(using):
    """Create the triggers in the database named `using` where they are missing."""
    connection = connections[using]
    postgres = connection.vendor == "postgresql"
    statements = [POSTGRES_FUNCTION.format(message=MESSAGE)] if postgres else []
    for name, table, event in _triggers(connection):
        form = POSTGRES if postgres else SQLITE_REPLACE if event == REPLACE else SQLITE
        statements.append(form.format(name=name, table=table, event=event, held=_held(table), message=MESSAGE))
    _execute(connection, statements)


def _held(table):
    """Return the SQL condition that a new row brings a key the table holds already."""
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})" for key in KEYS.get(table, ()))


def remove(using):
    """Drop the triggers: for the flush between transactional tests, which must empty every table."""
    connection = connections[using]
    on_table = " ON {table}" if connection.vendor == "postgresql" else ""
    _execute(connection, [f"DROP TRIGGER IF EXISTS {name}{on_table.format(table=table)}" for name, table, _ in _triggers(connection)])


def missing(using):
    """Return the names of the triggers the database named `using` should have and has not."""
    connection = connections[using]
    postgres = connection.vendor == "postgresql"
    known = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'" if postgres else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(known)
        present = {name for (name,) in cursor.fetchall()}
    return [name for name, _, _ in _triggers(connection) if name not in present]


def install_after_migrate(sender, using, **signal):
    """Answer post_migrate; a migration back to nothing leaves no table to guard."""
    if ENTRY in connections[using].introspection.table_names():
        install(using)


def _triggers(connection):
    """Yield (name, table, event); SQLite knows no TRUNCATE, and PostgreSQL no REPLACE."""
    other = "TRUNCATE" if connection.vendor == "postgresql" else REPLACE
    for table, event in (*FORBIDDEN, (ENTRY, other), (HEAD, other)):
        yield f"{table}_no_{event.lower()}", table, event


def _execute(connection, statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
