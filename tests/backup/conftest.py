import shutil
import subprocess

import pytest
from django.db import connections

from tests.offices import DATABASE, working_in


@pytest.fixture
def office(filled, tmp_path, settings, django_db_blocker):
    """A copy of the filled office in which commands work; its folder."""
    folder = tmp_path / "office"
    shutil.copytree(filled, folder)
    settings.MEDIA_ROOT = folder / "files"
    with django_db_blocker.unblock(), working_in(**DATABASE, NAME=str(folder / "jinyun.sqlite3")):
        yield folder


@pytest.fixture
def another_host(office, tmp_path, settings):
    """Call it to go on at a host where nothing is installed but the program; returns its folder."""

    def moved():
        folder = tmp_path / "another"
        folder.mkdir()
        connections["default"].close()
        connections["default"].settings_dict["NAME"] = str(folder / "jinyun.sqlite3")
        settings.MEDIA_ROOT = folder / "files"
        return folder

    return moved


@pytest.fixture
def killed():
    """The number of a process that is no more."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid
