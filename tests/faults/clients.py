"""The people of the fault run: each does real work over HTTP and writes down, outside the system, what was promised to him."""

import io
import json
import random
import threading
import time

from openpyxl import Workbook

from tests.faults.browser import Browser, NoAnswer, NotSent, form_values, message_of
from tests.faults.county import PASSWORD, YEARS
from tests.faults.servers import pause

HEADER = ["统一社会信用代码", "企业名称", "年份", "规模", "工业总产值（万元）"]
METHOD = "jinyun-sample"


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
    """One clerk: draws his next act by the seed, so a run can be repeated as far as threads allow."""

    ACTS = {"change": 5, "regrade": 4, "read": 4, "load": 2, "cancel": 1, "sign_in": 1}

    def __init__(self, number, *, port, firms, diary, seed, pace):
        super().__init__(daemon=True)
        self.username, self.firms, self.diary, self.pace = f"clerk{number}", firms, diary, pace
        self.browser = Browser(port, self.username, PASSWORD)
        self.random, self.count, self.stopping = random.Random(f"{seed}/{number}"), 0, threading.Event()
        self.inside, self.jobs = False, []

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

    def sign_in(self, name):
        self.inside = self.browser.sign_in()
        return ("ok" if self.inside else "fail"), {}

    def read(self, name):
        answer = self.browser.get(self.random.choice(["/ledger/enterprises/", "/grading/overview/", "/jobs/", "/exchange/"]))
        return self._outcome(answer, done=200)

    def change(self, name):
        """Open the form of an enterprise and save it with a reason that is this operation's name."""
        path = f"/ledger/enterprises/{self.random.choice(self.firms).pk}/change/"
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
        first, second = self.random.sample(self.firms, 2)
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
