"""The office has one clock."""

import datetime as dt
import re
from pathlib import Path

from django.conf import settings as project

from apps.core import clock

OTHER_CLOCKS = re.compile(r"date\.today\(|datetime\.now\(|utcnow\(|timezone\.now\(|localdate\(|time\.time\(")


def test_the_office_date_can_be_set(settings):
    settings.OFFICE_TODAY = dt.date(2021, 10, 15)
    assert clock.today() == dt.date(2021, 10, 15)


def test_nobody_asks_another_clock():
    files = [path for folder in ("apps", "jinyun") for path in (project.BASE_DIR / folder).rglob("*.py") if "migrations" not in path.parts]
    asking = {str(path.relative_to(project.BASE_DIR)) for path in files if OTHER_CLOCKS.search(Path(path).read_text())}
    assert asking == {"apps/core/clock.py"}
