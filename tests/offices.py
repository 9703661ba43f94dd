"""An office of its own in a folder: a database file made by `migrate` from nothing, people, a few rows, an uploaded file."""

import shutil
from contextlib import contextmanager

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.db import connections, transaction
from django.test import override_settings

from apps.ledger import services as ledger
from tests import factories
from tests.commands import run

DATABASE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    },
}


@contextmanager
def working_in(**database):
    """Let everything that says `default` work in another database."""
    own = connections["default"]
    connections.settings["default"] = {**own.settings_dict, **database}
    del connections["default"]
    try:
        with override_settings(MIGRATION_MODULES={}):  # the suite makes its tables without them
            yield
    finally:
        connections["default"].close()
        connections.settings["default"] = own.settings_dict
        connections["default"] = own


def fill():
    """Let the office work a little: single acts, a batch, an archived row, Chinese, exact figures."""
    with transaction.atomic():
        permu = factories.person("permu", "per_mu")
        actor = factories.Actor.of(permu)
        firm = factories.enterprise("示例企业〇一")
        factories.yearly(firm, 2020)
        factories.occupation(firm)
        ledger.change(record=firm, values={"name": "示例企业零一"}, version=firm.version, actor=actor)
        alike = {"town": firm.town, "industry": firm.industry, "scale": firm.scale}
        firms = [type(firm)(name=f"批量{n}", credit_code=factories.credit_code(), **alike) for n in range(3)]
        ledger.write_batch(model=type(firm), new=firms, changed=[], actor=actor, reason="导入 示例.xlsx")
        ledger.archive(record=firms[0], version=1, reason="重复", actor=actor)


def files_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def migrate():
    call_command("migrate", verbosity=0, interactive=False)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory, django_db_blocker):
    """A database file made by `migrate` from nothing, once."""
    path = tmp_path_factory.mktemp("migrated") / "jinyun.sqlite3"
    with django_db_blocker.unblock(), working_in(**DATABASE, NAME=str(path)):
        migrate()
    return path


@pytest.fixture(scope="session")
def filled(migrated, tmp_path_factory, django_db_blocker):
    """Folder with `jinyun.sqlite3` and `files/`, made once."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(migrated, folder)
    with django_db_blocker.unblock(), working_in(**DATABASE, NAME=str(folder / "jinyun.sqlite3")):
        fill()
    (folder / "files/imports").mkdir(parents=True)
    (folder / "files/imports/上传.xlsx").write_bytes(b"PK" + bytes(range(256)) * 300)
    return folder


@pytest.fixture(scope="session")
def backed_up(filled, tmp_path_factory, django_db_blocker):
    """A verified backup of the filled office, made once."""
    folder = tmp_path_factory.mktemp("shelf") / "backup"
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(project, "MEDIA_ROOT", filled / "files")
        shutil.copyfile(filled / "jinyun.sqlite3", folder.parent / "jinyun.sqlite3")
        with working_in(**DATABASE, NAME=str(folder.parent / "jinyun.sqlite3")):
            assert run("backup", str(folder))[0] == 0
    return folder
