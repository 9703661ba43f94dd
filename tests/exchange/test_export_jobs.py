"""Large exports: asked for, made by a worker in the scope of then, offered whole or not at all, fetched by the requester alone."""

import datetime as dt
import os

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.accounts.models import Post, User
from apps.core import clock
from apps.exchange import exports, files
from apps.exchange.models import ExportFile
from apps.exchange.wishes import Wish
from apps.jobs.models import Job
from apps.jobs.services import plan, run_here
from apps.journal.models import JournalEntry
from tests import factories

URL = reverse("exchange:export", args=["enterprises"])


@pytest.fixture(autouse=True)
def few(settings):
    settings.EXPORT_ROWS_AT_ONCE = 2


@pytest.fixture
def park(db):
    own, other = factories.platform("丽缙园"), factories.platform("开发区")
    for number in (1, 2, 3):
        factories.enterprise(f"示例本园{number}厂", platform=own, address="=1+1")
    factories.enterprise("示例他园企业", platform=other)
    return factories.person("park_lijin", Role.PARK, platform=own)


@pytest.fixture
def clerk(client, park):
    client.force_login(park)
    return client


def ask(client, **params):
    """Ask for an export through the page and return its ExportFile."""
    answer = client.post(URL, query_params=params, follow=True)
    assert answer.redirect_chain == [(reverse("exchange:files"), 302)]
    return ExportFile.objects.latest("asked_at")


def make(record):
    job = run_here(Job.objects.get(kind=files.KIND, key=str(record.pk)).pk)
    record.refresh_from_db()
    return job


def address(record):
    return reverse("exchange:file", args=[record.pk])


def content(answer):
    return b"".join(answer.streaming_content)


def names(record):
    with record.file.open("rb") as file:
        return [cell.value for row in load_workbook(file).active for cell in row]


def test_many_rows_are_left_to_a_job(clerk):
    page = clerk.get(URL, {"scale": "above"})
    assert page.status_code == 200
    assert "将在后台生成（Excel 全部列）" in page.content.decode()
    assert not ExportFile.objects.exists()
    record = ask(clerk, scale="above", format="csv")
    assert (record.query, record.format, record.total, record.made_at) == ("scale=above&format=csv", "csv", 3, None)
    assert (record.conditions, record.post) == ("规模：规上", "园区管理员（丽缙园）")
    page = clerk.get(reverse("exchange:files"))
    assert "等待中" in page.content.decode()
    assert address(record) not in page.content.decode()
    assert make(record).state == "done"
    assert address(record) in clerk.get(reverse("exchange:files")).content.decode()


def test_a_job_writes_what_the_page_would_have(clerk, settings):
    for params in ({}, {"columns": "shown"}, {"format": "csv"}, {"form": "official"}):
        record = ask(clerk, **params)
        assert make(record).result["text"].startswith(f"已生成 {record.name}，3 条")
        made = content(clerk.get(address(record)))
        settings.EXPORT_ROWS_AT_ONCE = 100
        at_once = clerk.get(URL, params)
        assert content(at_once) == made
        assert at_once["Content-Type"] == clerk.get(address(record))["Content-Type"]
        settings.EXPORT_ROWS_AT_ONCE = 2


def test_made_and_fetched_stand_in_the_journal(clerk):
    record = ask(clerk)
    make(record)
    made = JournalEntry.objects.get(act="导出")
    assert (made.actor, made.target, made.channel) == ("park_lijin", "企业：3 条", "后台作业")
    assert made.detail == {"conditions": "全部", "rows": 3, "sha256": record.sha256, "level": "敏感"}
    assert not JournalEntry.objects.filter(act="下载导出").exists()
    clerk.get(address(record))
    fetched = JournalEntry.objects.get(act="下载导出")
    assert (fetched.detail["file"], fetched.detail["sha256"], fetched.result) == (str(record.pk), record.sha256, "成功")


def test_nothing_of_another_scope_is_in_the_file(clerk):
    record = ask(clerk)
    make(record)
    found = names(record)
    assert "示例本园1厂" in found
    assert "示例他园企业" not in found


def test_the_file_is_its_requesters_only(clerk, client, park):
    record = ask(clerk)
    make(record)
    for other in (factories.person("permu", Role.PER_MU), factories.person("park2", Role.PARK, platform=park.posts.get().platform)):
        client.force_login(other)
        assert client.get(address(record)).status_code == 404
        assert list(client.get(reverse("exchange:files")).context["lines"]) == []


def refused(client, record, words):
    answer = client.get(address(record))
    assert answer.status_code == 403
    assert words in answer.content.decode()
    entry = JournalEntry.objects.latest("seq")
    assert (entry.act, entry.result, words in entry.detail["reason"]) == ("下载导出", "拒绝", True)


def test_who_lost_the_post_or_the_scope_does_not_get_it(clerk, client, park):
    record, post = ask(clerk), park.posts.get()
    make(record)
    assert client.get(address(record)).status_code == 200
    other = Post.objects.create(user=park, role=Role.LEADER, start=dt.date(2018, 1, 1))
    Post.objects.filter(pk=post.pk).update(platform=factories.platform("开发区"))
    refused(client, record, "范围已经改变")
    Post.objects.filter(pk=post.pk).update(end=dt.date(2018, 2, 1))
    assert client.get(address(record)).status_code == 302  # the session of that post is over
    client.force_login(User.objects.get(pk=park.pk))
    refused(client, record, "您已不在“园区管理员（丽缙园）”岗位")
    Post.objects.filter(pk=post.pk).update(end=None, platform=factories.platform("丽缙园"))
    client.post(reverse("accounts:act"), {"post": other.pk})
    refused(client, record, "请先切换到该身份")
    client.post(reverse("accounts:act"), {"post": post.pk})
    assert client.get(address(record)).status_code == 200


def test_a_job_does_not_run_in_a_post_that_ended(clerk, park):
    record = ask(clerk)
    Post.objects.create(user=park, role=Role.LEADER, start=dt.date(2018, 1, 1))
    park.posts.filter(role=Role.PARK).update(end=dt.date(2018, 2, 1))
    job = make(record)
    assert (job.state, "您已不在" in job.error, record.made_at) == ("failed", True, None)
    assert not JournalEntry.objects.filter(act="导出").exists()


def test_a_worker_killed_in_the_middle_offers_nothing(clerk, monkeypatch):
    """The row is made with the file in hand and written last: whatever dies before leaves no file that is offered."""

    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    record = ask(clerk)
    monkeypatch.setattr(exports.Written, "journal", die)
    with pytest.raises(Killed):
        make(record)
    record.refresh_from_db()
    assert (record.made_at, record.file.name) == (None, "")
    assert clerk.get(address(record)).status_code == 409
    left = os.listdir(default_storage.path(files.FOLDER))
    assert not [name for name in left if name.endswith(".part")]
    monkeypatch.undo()
    Job.objects.update(lease_until=timezone.now() - dt.timedelta(minutes=5))
    assert make(record).state == "done"
    assert content(clerk.get(address(record)))[:2] == b"PK"


def test_a_file_that_is_gone_or_changed_is_not_given_out(clerk):
    record = ask(clerk)
    make(record)
    with open(record.file.path, "ab") as file:
        file.write(b"x")
    assert "与生成时不一致" in clerk.get(address(record)).content.decode()
    os.unlink(record.file.path)
    assert "已不在服务器上" in clerk.get(address(record)).content.decode()


def test_files_go_when_their_time_is_over(clerk, settings):
    old, young = ask(clerk), ask(clerk)
    make(old), make(young)
    path, folder = old.file.path, default_storage.path(files.FOLDER)
    ExportFile.objects.filter(pk=old.pk).update(expires_at=clock.now() - dt.timedelta(seconds=1))
    assert "已过保留期" in clerk.get(address(old)).content.decode()
    for name, age in (("left.part", 30), ("now.part", 0)):
        with open(f"{folder}/{name}", "wb") as file:
            file.write(b"x")
        moment = clock.now().timestamp() - age * 86_400
        os.utime(f"{folder}/{name}", (moment, moment))
    plan(timezone.make_aware(dt.datetime(2021, 10, 16, 4)))
    job = run_here(Job.objects.get(kind="exchange.expire").pk)
    assert (job.state, job.result["text"]) == ("done", "清理到期的导出文件 1 个。")
    assert list(ExportFile.objects.all()) == [young]
    assert not os.path.exists(path)
    assert sorted(os.listdir(folder)) == sorted([os.path.basename(young.file.path), "now.part"])
    assert clerk.get(address(young)).status_code == 200


def test_progress_is_reported_while_rows_are_written(clerk, monkeypatch):
    beats = []
    monkeypatch.setattr("apps.exchange.reads.BEAT", 0)
    monkeypatch.setattr(Job, "beat", lambda job, done, total: beats.append((done, total)))
    actor = factories.Actor.of(factories.person("permu", Role.PER_MU))
    for number in range(200):
        factories.enterprise(f"示例{number}")
    wish = Wish("enterprises")
    record = files.ask(wish=wish, sheet=exports.sheet_of(wish, actor.user), actor=actor)
    make(record)
    assert beats == [(100, 204), (200, 204)]


def test_three_pages_of_own_exports_cost_the_same_queries(clerk, django_assert_num_queries):
    make(ask(clerk))
    for _ in range(3):
        ask(clerk)
    clerk.get(reverse("exchange:files"))
    with django_assert_num_queries(6):
        clerk.get(reverse("exchange:files"))
