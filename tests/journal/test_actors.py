"""Eight threads serve eight people in turn: every entry names who acted and from where (T41). No name stays behind in a thread."""

import re
from functools import partial

import pytest
from django.test import Client

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.grading import services as grading
from apps.grading.methods import DEFAULT
from apps.jobs import runner
from apps.journal.models import JournalEntry
from apps.journal.selectors import verify
from apps.platforms.models import Town
from tests import factories
from tests.ledger.api_contract import Script
from tests.racing import at_once, rounds

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
THREADS, ROUNDS = 8, rounds(2)
FIRST_YEAR, YEAR = 2005, re.compile(r"20\d\d")


@pytest.fixture
def people(settings):
    settings.SESSION_PLACES = THREADS  # of one person: in every thread one
    return [factories.person(f"office{number}", Role.PER_MU) for number in range(THREADS)]


def address_of(user):
    return f"10.0.0.{user.pk % 250}"


def browser_of(user):
    client = Client(REMOTE_ADDR=address_of(user))
    client.force_login(user)
    return client


def by_page(client, values):
    return client.post("/ledger/towns/new/", values).status_code


def by_api(client, values):
    script = Script(path="/api/ledgers/towns/")
    script.client = client
    return script("post", body=values).status_code


def told():
    """Return of every town that was entered: its name, who the history says entered it, and who and from where the journal says."""
    entered = {
        entry.target: (entry.actor, entry.address) for entry in JournalEntry.objects.filter(act="新增", channel__in=["页面", "接口"])
    }
    rows = Town.history.select_related("history_user")
    return {row.name: (row.history_user.username, *entered[f"乡镇街道：{row.name}"]) for row in rows}


def test_a_thread_names_whom_it_serves_now(people):
    browsers = [[browser_of(user) for user in people] for _ in range(THREADS)]

    def serve(thread):
        """Enter a town for one person after the other, by page and by API in turn; return what it was answered."""
        answers = []
        for turn in range(ROUNDS * THREADS):
            who, number = (thread + turn) % THREADS, thread * ROUNDS * THREADS + turn
            values = {"code": f"{331000000 + number}", "name": f"{people[who].username}的镇{number}", "kind": "town"}
            answers.append((by_page, by_api)[turn % 2](browsers[thread][who], values))
        return answers

    assert at_once(*[partial(serve, thread) for thread in range(THREADS)]) == [[302, 201] * (ROUNDS * THREADS // 2)] * THREADS
    names = {user.username: (user.username, user.username, address_of(user)) for user in people}
    found = told()
    assert len(found) == ROUNDS * THREADS**2
    assert found == {name: names[name.partition("的")[0]] for name in found}
    assert verify().intact


def test_a_worker_names_who_asked_for_the_job_it_does_now(people):
    """Every thread does two jobs, of one person and of the next."""
    firm, jobs, by_year = factories.enterprise("示例企业"), [], {}
    for number in range(2 * THREADS):
        year, user = FIRST_YEAR + number, people[(number + number // THREADS) % THREADS]
        factories.yearly(firm, year, tax=100)
        jobs.append(grading.request_run(year=year, method=DEFAULT, actor=Actor.of(user)).pk)
        by_year[str(year)] = user.username
    last = JournalEntry.objects.count()

    def work(thread):
        return [runner.run(jobs[thread]), runner.run(jobs[thread + THREADS])]

    assert at_once(*[partial(work, thread) for thread in range(THREADS)]) == [[True, True]] * THREADS
    entries = JournalEntry.objects.filter(seq__gt=last)
    found = {(entry.act, YEAR.search(entry.target)[0]): (entry.actor, entry.channel) for entry in entries}
    wanted = {(act, year): (user, "后台作业") for year, user in by_year.items() for act in ("亩均重算", "作业完成")}
    assert (found, entries.count(), verify().intact) == (wanted, len(wanted), True)
