"""What the address of the database says is kept beside the limits of the house."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

LIMITS = "-c statement_timeout=30s -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s"
PRINT = "import json; from jinyun import settings; print(json.dumps(settings.DATABASES['default']['OPTIONS']))"


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("postgres://u:p@h/db", {"options": LIMITS}),
        (
            "postgres://u:p@h/db?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "options": LIMITS},
        ),
        ("postgres://u:p@h/db?options=-c%20search_path%3Dx", {"options": f"{LIMITS} -c search_path=x"}),
    ],
)
def test_options_of_the_address_are_kept(tmp_path, address, options):
    environment = {**os.environ, "DATABASE_URL": address, "VAR_DIR": str(tmp_path)}
    printed = subprocess.run([sys.executable, "-c", PRINT], env=environment, cwd=settings.BASE_DIR, capture_output=True, check=True).stdout
    assert json.loads(printed) == options
