"""What an installation for real data is, told by its settings in a process of its own (reliability.md A6, G1, G2, G4)."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.contrib.sessions.backends.db import SessionStore

ASKED = """
import json
from jinyun import settings as s
names = ("DEBUG", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
         "ALLOWED_HOSTS", "OFFICE_TODAY", "SECOND_FACTOR_ROLES")
print(json.dumps({name: getattr(s, name) for name in names}))
"""


def settings_of(tmp_path, **environment):
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME")}
    environment = clean | {"JINYUN_ENV": "production", "VAR_DIR": str(tmp_path)} | environment
    return subprocess.run([sys.executable, "-c", ASKED], cwd=project.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_production_speaks_https_only(tmp_path):
    found = json.loads(settings_of(tmp_path, SECRET_KEY="x" * 60).stdout)
    assert found == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "ALLOWED_HOSTS": [],
        "OFFICE_TODAY": "",
        "SECOND_FACTOR_ROLES": ["system_admin", "security_admin", "audit_admin", "approver"],
    }


def test_production_does_not_start_without_a_secret(tmp_path):
    ended = settings_of(tmp_path)
    assert ended.returncode == 1
    assert "SECRET_KEY is not set" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_rotated_key_keeps_the_sessions_of_the_former_one(settings):
    settings.SECRET_KEY = "former" * 10
    kept = SessionStore().encode({"mark": 1})
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "present" * 10, ["former" * 10]
    assert SessionStore().decode(kept) == {"mark": 1}
    settings.SECRET_KEY_FALLBACKS = []
    assert SessionStore().decode(kept) == {}


def pins(file):
    """Return the lines of a list of packages without their comments."""
    lines = [line.partition("#")[0].strip() for line in (project.BASE_DIR / file).read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line]


def test_every_pin_has_its_hashes():
    written = " ".join(pins("requirements-hashed.txt")).replace("\\", "")
    hashed = {name.lower(): hashes.split() for name, hashes in re.findall(r"(\S+==\S+)((?: +--hash=sha256:[0-9a-f]{64})+)", written)}
    assert sorted(hashed) == sorted(re.sub(r"\[\w+\]", "", line).replace("_", "-").lower() for line in pins("requirements.txt"))


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned(file):
    loose = [line for line in pins(file) if not line.startswith("-r ") and not re.fullmatch(r"[\w.\-]+(\[\w+\])?==[\w.]+", line)]
    assert loose == []
