"""The runner without Redis: the same rows, polled."""

import json
import threading

import pytest
from django.core.management import call_command

from apps.jobs import services
from apps.jobs.choices import State
from apps.jobs.management.commands.run_jobs import Command
from apps.jobs.models import Job
from apps.jobs.registry import KINDS
from tests import commands

pytestmark = pytest.mark.django_db


def test_once_does_what_is_pending_and_ends(work, capsys):
    for key in ("2018", "2019", "2020"):
        work.ask(key)
    call_command("run_jobs", "--once")
    assert capsys.readouterr().out == "完成 3 次作业\n"
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}


def test_once_prints_one_document(work, capsys):
    work.ask("2020")
    call_command("run_jobs", "--once", "--json")
    assert json.loads(capsys.readouterr().out) == {"status": "done", "jobs": 1}


def test_once_does_what_a_job_asks_for(work):
    def ask_more(job):
        if job.key == "2020":
            work.ask("2021")

    work.does = ask_more
    work.ask("2020")
    call_command("run_jobs", "--once")
    assert Job.objects.filter(state=State.DONE).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_runner_ends_after_the_job_at_hand(work):
    stop = threading.Event()
    work.does = lambda job: stop.set()
    work.ask("2019")
    work.ask("2020")
    Command().serve(stop)
    assert sorted(Job.objects.filter(kind=work.kind).values_list("key", "state")) == [("2019", State.DONE), ("2020", State.PENDING)]


def test_a_failing_job_does_not_stop_the_others(work):
    def fail_first(job):
        if job.key == "2019":
            raise ZeroDivisionError

    work.does = fail_first
    work.ask("2019")
    work.ask("2020")
    call_command("run_jobs", "--once")
    assert sorted(Job.objects.values_list("key", "state")) == [("2019", State.PENDING), ("2020", State.DONE)]


def test_a_kind_this_release_does_not_know_waits(work):
    job = work.ask()
    Job.objects.update(kind="future.kind")
    call_command("run_jobs", "--once")
    assert Job.objects.get(pk=job.pk).state == State.PENDING


def test_every_declared_kind_has_a_task_of_its_name():
    assert {code: kind.task.name for code, kind in KINDS.items()} == {code: code for code in KINDS}
    assert services.servable().count() == 0


def test_wrong_use_is_one_document_too():
    code, document = commands.run("run_jobs", "--twice")
    assert (code, document) == (2, {"status": "refused", "message": "没有这样的参数：--twice。"})
