"""Uploaded files and their staged rows are kept 30 days, the batch with its checksum and counts for good (reliability F4)."""

import datetime as dt
import os
from pathlib import Path

import pytest
from django.conf import settings as office
from django.db import transaction
from django.urls import reverse

from apps.core import clock
from apps.exchange import services
from apps.exchange.models import Batch, StagedRow
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from apps.land.models import LandCase
from apps.ledger import papers
from tests import factories as make
from tests.exchange.books import imported, page_of, staged, taken_in


def age(days):
    """Let every batch and every stored file be so old."""
    Batch.objects.update(uploaded_at=clock.now() - dt.timedelta(days=days))
    for path in stored():
        os.utime(path, (path.stat().st_mtime - days * 86400,) * 2)


def stored():
    return [path for path in Path(office.MEDIA_ROOT).rglob("*") if path.is_file()]


def night():
    """Let the calendar ask for what it wants and do the clearing."""
    jobs.plan(clock.now().replace(hour=22))  # 6 o'clock in the office's zone
    return jobs.run_here(Job.objects.filter(kind="exchange.clear").latest("pk").pk)


def test_what_is_old_goes_and_the_batch_stays(clerk, good, bad, permu, db):
    done, wrong = imported("enterprise-facts", good, permu), staged("enterprise-facts", bad, permu)
    Job.objects.filter(kind="grading.regrade").delete()
    age(31)
    job = night()
    assert job.result == {"批次": 2, "文件": 2, "text": "清理 2 个批次的逐行内容，删除 2 个文件。"}
    assert (StagedRow.objects.count(), stored()) == (0, [])
    for batch, state, kept in ((done, "done", done.counts), (wrong, "expired", wrong.counts)):
        sha256 = batch.sha256
        batch.refresh_from_db()
        assert (batch.state, batch.counts, batch.sha256, batch.file.name) == (state, kept, sha256, "")
    assert JournalEntry.objects.filter(act="作业完成", detail__kind="exchange.clear").count() == 1
    page = clerk.get(page_of(done)).content.decode()
    assert ("新增 1 条，修改 1 条" in page, "保留 30 天，已经清理" in page) == (True, True)
    page = clerk.get(page_of(wrong)).content.decode()
    assert ("上传后 30 天没有入库" in page, "下载标注了错误的表格" in page) == (True, False)
    assert clerk.get(reverse("exchange:marked", args=[wrong.pk])).status_code == 409
    assert clerk.get(reverse("exchange:list")).status_code == 200


def test_what_is_younger_stays(good, permu):
    batch = staged("enterprise-facts", good, permu)
    age(29)
    assert night().result["text"] == "没有到期的导入文件。"
    assert (StagedRow.objects.count(), len(stored())) == (2, 1)
    batch.refresh_from_db()
    assert batch.state == "ready"


def test_an_expired_batch_is_neither_confirmed_nor_judged_again(clerk, good, permu):
    batch = staged("enterprise-facts", good, permu)
    age(31)
    night()
    assert "已过期，不能入库" in clerk.post(page_of(batch), follow=True).content.decode()
    assert "已过期，不能重新核对" in clerk.post(reverse("exchange:recheck", args=[batch.pk]), follow=True).content.decode()


def test_what_a_job_is_at_stays(good, permu):
    taken_in("enterprise-facts", good, permu)
    age(31)
    assert night().result["text"] == "没有到期的导入文件。"
    assert services.finished(Batch.objects.get()).state == "ready"


@pytest.mark.parametrize(("days", "left"), [(0, 1), (2, 0)])
def test_a_file_nobody_names_goes_after_a_day(permu, days, left):
    """A process that died between the file and its batch left it; a younger one may still be on its way."""
    folder = Path(office.MEDIA_ROOT) / "uploads"
    folder.mkdir(parents=True)
    (folder / "0123").write_bytes(b"PK")
    age(days)
    night()
    assert len(stored()) == left


def put_in():
    return papers.add(record=make.land_case(), slot="approval", name="批复.pdf", content=b"%PDF-", actor=make.SYSTEM)


@pytest.mark.parametrize(("days", "gone"), [(29, 0), (31, 1)])
def test_a_paper_nobody_names_goes_after_30_days_and_no_other(db, days, gone):
    """The file is stored before its row: what fails afterwards takes only the row back."""
    kept, withdrawn = put_in(), put_in()
    papers.withdraw(record=LandCase.objects.get(pk=withdrawn.record_id), paper=withdrawn, reason="传错", actor=make.SYSTEM)
    with transaction.atomic():
        lost = put_in()
        transaction.set_rollback(True)
    age(days)
    assert night().result["文件"] == gone
    left = (kept, withdrawn) if gone else (kept, withdrawn, lost)
    assert sorted(map(str, stored())) == sorted(paper.file.path for paper in left)
