"""What is sent twice acts once (reliability.md 2.2, T21): the answer is kept with the act it answers.

For the API under the key a script names (`api.once`), for a form under the mark its page carries (`{% once %}`).
"""

import datetime as dt
import hashlib
import json
import re
from contextlib import contextmanager

from django.db import transaction

from apps.core import clock
from apps.core.locks import lock
from apps.ledger.models import Answer

KEPT = dt.timedelta(hours=24)
MARK = "once"  # the hidden field of a form
MARKS = re.compile(r"[0-9a-f]{32}")


class OtherRequest(Exception):
    """The key was used for another request. `answer` is what that one was given."""

    def __init__(self, answer):
        super().__init__(answer.key)
        self.answer = answer


def given(user, key, digest):
    """Return the Answer kept under the key, None where there is none; what is too old goes first. Raises OtherRequest."""
    own = Answer.objects.filter(user=user)
    own.filter(at__lte=clock.now() - KEPT).delete()
    answer = own.filter(key=key).first()
    if answer and answer.request != digest:
        raise OtherRequest(answer)
    return answer


def keep(*, user, key, digest, status, headers, body):
    """Store what a request was answered, in the transaction of its act, and return the Answer."""
    return Answer.objects.create(user=user, key=key, request=digest, status=status, headers=headers, body=body, at=clock.now())


def digest_of(parts):
    """Return the SHA-256 of what makes a request the same one; of a file among it, name and bytes."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=name_and_bytes).encode()).hexdigest()


def name_and_bytes(file):
    """Return what makes an uploaded file the same one; it is read from its beginning, and can be again."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return [file.name, digest]


class SentForm:
    """A form as it was sent; the page may carry a mark by which its second sending is known.

    apart: other words under the same mark are a form of their own, not to be asked about.
    """

    def __init__(self, request, apart=False):
        mark = request.POST.get(MARK, "")
        self.key = f"form {mark}" if MARKS.fullmatch(mark) else None  # a script's key holds no space
        self.user = request.user
        typed = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
        self.digest = digest_of([request.path, typed, request.user.acting_label, dict(request.FILES.lists())])
        if apart and self.key:
            self.key += f" {self.digest[:32]}"

    @contextmanager
    def alone(self):
        """Hold off the same form until this sending is through; yield the Answer the first sending got, None for the first.

        All is one transaction. A form without a mark is always the first. Raises OtherRequest: sent before with other words.
        """
        if self.key is None:
            yield None
            return
        with transaction.atomic():
            lock(f"{self.user.pk} {self.key}")
            yield given(self.user, self.key, self.digest)

    def keep(self, address, record=""):
        """Keep where the person was led after his record was saved."""
        if self.key:
            keep(user=self.user, key=self.key, digest=self.digest, status=302, headers={"Location": address}, body=str(record).encode())
