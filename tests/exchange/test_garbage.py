"""Whatever is sent to the pages of an open batch is answered with a page or a refusal.

The test client raises what a view raises, so a failure shows as its traceback.
"""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from apps.exchange.models import Batch
from tests.exchange.books import NAME, book, upload

FORM = "application/x-www-form-urlencoded"  # a name of 5,000 characters is more than Django takes in parts
GARBAGE = ["abc", "\x00", "-1", "1.5", "²", "9" * 19, str(10**30), "9" * 5_000, "0" * 5_000, " ", ""]


@pytest.fixture
def batch(clerk, tmp_path, firm):
    """A batch with a name that waits for an answer."""
    upload(clerk, book(tmp_path / "a.xlsx", [NAME, "年份", "税收（万元）"], ["示例甲机械制造有限公司", 2020, 5]))
    return Batch.objects.get()


@pytest.mark.parametrize("text", GARBAGE, ids=lambda text: text[:8])
def test_garbage_for_a_number_is_answered(clerk, batch, text):
    columns, names = reverse("exchange:columns", args=[batch.pk]), reverse("exchange:names", args=[batch.pk])
    name = batch.names.get()
    assert {clerk.get(columns, {which: text}).status_code for which in ("row", "sheet")} == {200}
    assert {clerk.post(columns, {which: text}).status_code for which in ("row", "sheet")} == {200}
    assert clerk.post(columns, {"act": "saved", "saved": text}).status_code == 404
    assert clerk.post(names, urlencode({f"name_{text}": "skip"}), FORM).status_code in (302, 409)
    assert clerk.post(names, {f"name_{name.pk}": text}).status_code in (302, 409)
    assert clerk.post(reverse("exchange:known-names"), {"name": text}).status_code == 404
    assert (batch.names.get().answer, batch.names.get().target) == ("", None)
