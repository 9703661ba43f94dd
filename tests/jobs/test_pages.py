"""The page of a job: where it stands, in words, for whoever may know."""

import datetime as dt

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.jobs import services
from apps.jobs.choices import State
from apps.jobs.models import Job, Sweep
from apps.jobs.registry import KINDS, Kind
from apps.journal.models import JournalEntry
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def permu():
    return factories.person("permu", "per_mu")


@pytest.fixture
def job(work, permu, client):
    client.force_login(permu)
    return services.enqueue(kind=work.kind, key="2020", params={}, actor=Actor.of(permu))


def status(client, job):
    return client.get(f"/jobs/{job.pk}/status/").json()


def page(client, job):
    return client.get(f"/jobs/{job.pk}/").content.decode()


def test_a_job_is_called_by_what_it_is_about(job):
    job.kind, job.params = "grading.regrade", {"year": 2020, "method": "jinyun-sample"}
    assert str(job) == "亩均重算 2020年"


def test_waiting(client, job):
    assert status(client, job) == {"state": "pending", "open": True, "percent": None, "label": "等待中", "words": "等待开始"}


def test_progress(client, job):
    Job.objects.claim(job.pk).beat(30, 120)
    words = "正在处理：已处理 30 / 120"
    assert status(client, job) == {"state": "running", "open": True, "percent": 25, "label": "进行中", "words": words}
    assert 'value="25"' in page(client, job)


def test_a_dead_worker_is_not_called_running(client, job):
    Job.objects.claim(job.pk)
    Job.objects.update(lease_until=Now() - dt.timedelta(seconds=1))
    told = status(client, job)
    assert (told["label"], told["words"]) == ("已中断", "处理中断，将自动重试（第 1/5 次）")
    assert '<span class="tag tag-warn">已中断</span>' in page(client, job)


def test_an_error_waits_for_its_next_attempt(client, job, work):
    work.does = lambda job: 1 / 0
    services.run_here(job.pk)
    assert status(client, job)["words"] == "上次未成功，将自动重试（第 1/5 次）"


def test_what_was_asked_in_a_former_post_is_nobodys_in_the_next(client, job, permu, work):
    """A clerk who became an administrator neither reads nor repeats what he once asked for (三员分立, reliability.md B4)."""
    services.cancel(job=job, actor=Actor.of(permu))
    permu.posts.all().delete()
    factories.Post.objects.create(user=permu, role="security_admin", start="2020-01-01")
    client.force_login(type(permu).objects.get(pk=permu.pk))  # the session of the former post is over
    assert [client.get(f"/jobs/{job.pk}/").status_code, client.post(f"/jobs/{job.pk}/again/").status_code] == [404, 404]
    assert client.get("/jobs/").context["object_list"].count() == 0


def test_who_watches_sees_how_it_stands_and_not_what_came_of_it(client, job, work):
    work.does = lambda job: {"text": "已评价 3,511 家企业。", "link": "/grading/7/", "参评": 3511}
    services.run_here(job.pk)
    client.force_login(factories.person("keeper", "system_admin"))
    text = page(client, job) + client.get("/jobs/").content.decode()
    assert ["已完成" in text, "3,511" in text, "3511" in text, "/grading/7/" in text] == [True, False, False, False]
    assert [client.post(f"/jobs/{job.pk}/{act}/").status_code for act in ("again", "cancel")] == [404, 404]


def test_done_says_what_is_in_the_database(client, job, work):
    work.does = lambda job: {"text": "已评价 3,511 家企业。", "link": "/grading/7/", "参评": 3511}
    services.run_here(job.pk)
    words = "已评价 3,511 家企业。"
    assert status(client, job) == {"state": "done", "open": False, "percent": 100, "label": "已完成", "words": words}
    text = page(client, job)
    assert '<p>已评价 3,511 家企业。 <a href="/grading/7/">查看</a></p>' in text
    assert "<dt>参评</dt><dd>3511</dd>" in text


def test_a_failed_job_says_why_and_can_be_asked_for_again(client, job, work):
    def refuse(job):
        raise Refused("2020 年没有数据。")

    work.does = refuse
    services.run_here(job.pk)
    assert ("2020 年没有数据。" in page(client, job), "重新提交" in page(client, job)) == (True, True)
    again = client.post(f"/jobs/{job.pk}/again/")
    new = Job.objects.get(state=State.PENDING)
    assert (again.url, new.key, new.requested_by) == (f"/jobs/{new.pk}/", "2020", job.requested_by)


def test_a_pending_job_cannot_be_asked_for_again(client, job):
    answer = client.post(f"/jobs/{job.pk}/again/")
    assert (answer.status_code, answer.context["message"]) == (409, "只有失败或取消的作业可以重新提交。")
    assert Job.objects.get() == job


def test_the_list_shows_own_jobs_only(client, job, work):
    services.enqueue(kind=work.kind, key="2021", params={}, actor=Actor.system("测试"))
    assert list(client.get("/jobs/").context["object_list"]) == [job]


def test_a_waiting_job_is_cancelled_and_asked_for_again(client, job, work, permu):
    assert "取消作业" in page(client, job)
    assert client.post(f"/jobs/{job.pk}/cancel/").url == f"/jobs/{job.pk}/"
    told = status(client, job)
    assert (told["label"], told["words"]) == ("已取消", "已由permu取消，数据没有变动。")
    assert (services.run_here(job.pk).state, work.calls) == (State.CANCELLED, [])
    entry = JournalEntry.objects.first()
    assert (entry.act, entry.user, entry.result, entry.detail["job"]) == ("作业取消", permu, "取消", job.pk)
    text = page(client, job)
    assert ("重新提交" in text, "取消作业" in text) == (True, False)
    new = client.post(f"/jobs/{job.pk}/again/").url
    assert new != f"/jobs/{job.pk}/"
    assert services.run_here(int(new.split("/")[2])).state == State.DONE


def test_an_ended_job_is_not_cancelled(client, job):
    services.run_here(job.pk)
    assert "取消作业" not in page(client, job)
    answer = client.post(f"/jobs/{job.pk}/cancel/")
    assert (answer.status_code, answer.context["message"]) == (409, "作业已经结束，或正在写入结果，不能取消。")
    assert Job.objects.get().state == State.DONE


def test_the_list_says_when_the_queue_was_last_looked_after(client, job):
    assert "已超过 5 分钟没有巡检" in client.get("/jobs/").content.decode()
    services.look_after()
    text = client.get("/jobs/").content.decode()
    swept = timezone.localtime(Sweep.objects.get().at)
    assert (f"最近一次巡检：{swept:%Y-%m-%d %H:%M:%S}。" in text, "没有巡检" in text) == (True, False)
    Sweep.objects.update(at=Now() - dt.timedelta(minutes=6))
    assert "已超过 5 分钟没有巡检" in client.get("/jobs/").content.decode()


@pytest.mark.parametrize("url", ["/jobs/{}/", "/jobs/{}/status/"])
def test_another_persons_job_is_not_found(client, job, url):
    client.force_login(factories.person("town", "town", town=factories.town()))
    assert client.get(url.format(job.pk)).status_code == 404


def test_readers_of_the_subject_follow_its_jobs(client, job, work, monkeypatch):
    """A kind "grading.…" may be followed by whoever may read grading, asked for again only by whoever may run it."""
    monkeypatch.setitem(KINDS, "grading.test", Kind("grading.test", "亩均测试", "", work, None))
    Job.objects.filter(pk=job.pk).update(kind="grading.test", state=State.FAILED, error="原因")
    client.force_login(factories.person("park", "park", platform=factories.platform()))
    assert ("原因" in page(client, job), "重新提交" in page(client, job)) == (True, False)
    assert client.post(f"/jobs/{job.pk}/again/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    client.force_login(factories.person("permu2", "per_mu"))
    assert client.post(f"/jobs/{job.pk}/again/").status_code == 302


@pytest.mark.parametrize("url", ["/jobs/", "/jobs/1/", "/jobs/1/status/"])
def test_a_stranger_signs_in_first(client, url):
    assert client.get(url).status_code == 302
