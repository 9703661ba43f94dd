"""The people of the fault run: each does real work over HTTP and writes down, outside the system, what was promised to him."""

import io
import json
import random
import re
import threading
import time
from contextlib import suppress

from openpyxl import Workbook

from tests.faults.browser import Browser, NoAnswer, NotSent, form_values, message_of
from tests.faults.county import PASSWORD, YEARS
from tests.faults.servers import pause

HEADER = ["统一社会信用代码", "企业名称", "年份", "规模", "工业总产值（万元）"]
METHOD = "jinyun-sample"
INSTRUCTIONS = "/api/ledgers/instructions/"
TRIES = 30  # of one request under one key, a second apart: longer than any restart


def pdf_of(name):
    """Return the paper an operation uploads: no two are alike."""
    return b"%PDF-1.4 " + name.encode()


class Diary:
    """Every operation twice: when it was begun, and how it ended. One line of JSON each."""

    def __init__(self, path):
        self.file, self.lock, self.entries = path.open("w", encoding="utf-8"), threading.Lock(), {}
        self.kept = 0  # operations that ended well

    def begin(self, name, kind, **detail):
        self._write({"op": name, "kind": kind, "begin": time.time(), "outcome": "unknown", **detail})

    def end(self, name, outcome, **detail):
        self._write({**self.entries[name], "end": time.time(), "outcome": outcome, **detail})

    def _write(self, entry):
        with self.lock:
            self.kept += entry["outcome"] == "ok"
            self.entries[entry["op"]] = entry
            self.file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self.file.flush()

    def of(self, *kinds):
        return [entry for entry in self.entries.values() if entry["kind"] in kinds]


class Client(threading.Thread):
    """One person: draws his next act by the seed, so a run can be repeated as far as threads allow.

    acts: method -> weight.  pages: what `read` opens.  served: when his last act that went well was begun.
    """

    ACTS, PAGES = {}, ()

    def __init__(self, username, *, port, county, diary, seed, pace):
        super().__init__(daemon=True)
        self.username, self.county, self.diary, self.pace = username, county, diary, pace
        self.browser = Browser(port, username, PASSWORD)
        self.random, self.count, self.stopping = random.Random(f"{seed}/{username}"), 0, threading.Event()
        self.inside, self.served = False, 0

    def run(self):
        while not self.stopping.is_set():
            act = "sign_in" if not self.inside else self.random.choices(list(self.ACTS), self.ACTS.values())[0]
            self.count += 1
            self._record(act, f"{self.username}-{self.count}")
            pause(self.random.uniform(0.2, 1.8) * self.pace)

    def _record(self, act, name):
        """Do one act. What was refused or never sent failed for certain; what got no clear answer is unknown."""
        self.diary.begin(name, act)
        try:
            outcome, detail = getattr(self, act)(name)
        except NotSent as error:
            outcome, detail = "fail", {"why": str(error)}
        except NoAnswer as error:
            outcome, detail = "unknown", {"why": str(error)}
        self.diary.end(name, outcome, **detail)
        if outcome == "ok":
            self.served = self.diary.entries[name]["begin"]

    def sign_in(self, name):
        self.inside = self.browser.sign_in()
        return ("ok" if self.inside else "fail"), {}

    def read(self, name):
        return self._outcome(self.browser.get(self.random.choice(self.PAGES)), done=200)

    def ask_again(self, job):
        """Press 重新提交 on the page of a job."""
        self.browser.sign_in()
        answer = self.browser.post(f"/jobs/{job}/again/")
        assert answer.status == 302, answer

    def _not_begun(self, answer):
        """The act itself was never asked for."""
        self._stay_inside(answer)
        return "fail", {"why": f"{answer.status} {message_of(answer)}"}

    def _outcome(self, answer, done=302):
        self._stay_inside(answer)
        if answer.status >= 500:
            return "unknown", {"why": str(answer.status)}
        if answer.status != done or not self.inside:
            return "fail", {"why": f"{answer.status} {message_of(answer)}"}
        return "ok", {}

    def _stay_inside(self, answer):
        if answer.status in (302, 403) and "sign-in" in answer.location:
            self.inside = False


class Clerk(Client):
    """Of the per-mu office: enterprises, workbooks, regrades."""

    ACTS = {"change": 5, "regrade": 4, "read": 4, "load": 2, "cancel": 1, "sign_in": 1}
    PAGES = ("/ledger/enterprises/", "/grading/overview/", "/jobs/", "/exchange/")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.jobs = []

    def change(self, name):
        """Open the form of an enterprise and save it with a reason that is this operation's name."""
        path = f"/ledger/enterprises/{self.random.choice(self.county.firms).pk}/change/"
        page = self.browser.get(path)
        if page.status != 200:
            return self._not_begun(page)
        return self._outcome(self.browser.post(path, form_values(page.body) | {"contact": name, "reason": name}))

    def regrade(self, name):
        answer = self.browser.post("/grading/run/", {"year": self.random.choice(YEARS), "method": METHOD})
        outcome, detail = self._outcome(answer)
        if outcome == "ok":
            detail["job"] = int(answer.location.strip("/").split("/")[-1])
            self.jobs.append(detail["job"])
        return outcome, detail

    def cancel(self, name):
        """Call off one of his last requests; most have ended by then, and that is refused."""
        if not self.jobs:
            return "fail", {"why": "nothing to cancel"}
        job = self.jobs[-1]
        try:
            outcome, detail = self._outcome(self.browser.post(f"/jobs/{job}/cancel/"))
        except NoAnswer as error:  # it may be cancelled all the same: the diary must say which
            outcome, detail = "unknown", {"why": str(error)}
        return outcome, {**detail, "job": job}

    def load(self, name):
        """Upload a workbook with two enterprises' figures, named after this operation, and confirm it."""
        first, second = self.random.sample(self.county.firms, 2)
        page = self.browser.post("/exchange/enterprise-facts/upload/", file=(f"{name}.xlsx", self._workbook(first, second)))
        if page.status != 302:
            return self._not_begun(page)
        batch = self.browser.get(page.location)
        if "确认入库" not in batch.body:
            return self._not_begun(batch)
        return self._outcome(self.browser.post(page.location))

    def _workbook(self, *firms):
        """A figure nobody wrote before, so that every row is a change."""
        book = Workbook()
        book.active.append(HEADER)
        year, figure = self.random.choice(YEARS), self.count * 100 + int(self.username.removeprefix("clerk")) + 10_000
        for firm in firms:
            book.active.append([firm.credit_code, firm.name, year, "规上", figure])
        output = io.BytesIO()
        book.save(output)
        return output.getvalue()


class Officer(Client):
    """Of the natural resources bureau: moves land cases and puts papers in, by what a case's page offers."""

    ACTS = {"move": 4, "paper": 3, "read": 1, "sign_in": 1}
    PAGES = ("/ledger/land-cases/", "/jobs/")

    def move(self, name):
        """Open the form of a move and send it with a comment that is this operation's name."""
        page = self._a_case()
        offered = re.findall(r"/ledger/land-cases/\d+/moves/\w+/", page.body)
        if not offered:
            return self._not_begun(page)
        path = self.random.choice(offered)
        form = self.browser.get(path)
        if form.status != 200:
            return self._not_begun(form)
        return self._outcome(self.browser.post(path, form_values(form.body) | {"comment": name}))

    def paper(self, name):
        """Put a paper into one of the slots that are open."""
        page = self._a_case()
        slots = re.findall(r"/ledger/land-cases/\d+/papers/add/\w+/", page.body)
        if not slots:
            return self._not_begun(page)
        return self._outcome(self.browser.post(self.random.choice(slots), file=(f"{name}.pdf", pdf_of(name))))

    def _a_case(self):
        return self.browser.get(f"/ledger/land-cases/{self.random.choice(self.county.cases).pk}/")


class Script(Client):
    """A program of a chain's office with an access token: it signs in nowhere."""

    ACTS = {"enter": 1}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.inside = True

    def enter(self, name):
        """Enter an instruction and send it again under its key until it was clearly answered twice, as after a lost connection."""
        body = json.dumps({"chain": self.county.chain, "text": name, "reason": name})
        headers = {"Authorization": f"Bearer {self.county.token}", "Idempotency-Key": name, "Content-Type": "application/json"}
        answers = []
        for _ in range(TRIES):
            with suppress(NotSent, NoAnswer):
                answer = self.browser.request("POST", INSTRUCTIONS, body, headers)
                if answer.status < 500 and answer.status != 409:  # 409: the first one is still under way
                    answers.append((answer.status, answer.body))
            if len(answers) == 2:
                break
            pause(0.2 if answers else 1)
        statuses = {status for status, _ in answers}
        outcome = "ok" if 201 in statuses else "fail" if answers else "unknown"
        return outcome, {"statuses": sorted(statuses), "answers": len(set(answers))}
