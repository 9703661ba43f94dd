"""A file of some size is judged and written by jobs: the page says how far they are and can be left and come back to."""

import pytest
from django.urls import reverse

from apps.enterprises.models import YearlyFact
from apps.exchange import services
from apps.exchange.models import Batch
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from tests.exchange.books import page_of, upload


@pytest.fixture(autouse=True)
def nothing_at_once(settings, monkeypatch):
    settings.IMPORT_AT_ONCE = 0
    monkeypatch.setattr(services, "FEW", 0)


def status(client, batch):
    return client.get(reverse("exchange:status", args=[batch.pk])).json()


def page(client, batch):
    return client.get(page_of(batch)).content.decode()


def job(kind):
    return Job.objects.filter(kind=kind).latest("pk")


def test_from_upload_to_the_ledger_by_jobs(clerk, good, permu):
    answer = upload(clerk, good)
    batch = Batch.objects.get()
    assert answer.redirect_chain == [(page_of(batch), 302)]
    text = answer.content.decode()
    assert (f'data-job="{reverse("exchange:status", args=[batch.pk])}"' in text, "等待开始" in text, "重新上传" in text) == (
        True,
        True,
        False,
    )
    assert status(clerk, batch) == {"open": True, "percent": None, "label": "核对中", "words": "等待开始"}
    assert str(job("exchange.stage")) == "表格核对 good.xlsx"

    services.finished(batch)
    assert status(clerk, batch) == {"open": False}
    assert "确认入库" in page(clerk, batch)
    assert clerk.get(f"/jobs/{job('exchange.stage').pk}/").content.decode().count(page_of(batch)) == 1

    text = clerk.post(page_of(batch), follow=True).content.decode()
    assert ("确认入库" in text, "data-job" in text, YearlyFact.objects.count()) == (False, True, 1)
    assert status(clerk, batch)["label"] == "入库中"
    services.finished(batch)
    assert job("exchange.confirm").result["text"] == "已入库：新增 1 条，修改 1 条。"
    assert "现在数据库中的结果" in page(clerk, batch)


def test_how_far_it_is_in_words(clerk, good):
    upload(clerk, good)
    batch = Batch.objects.get()
    worker = Job.objects.claim(job("exchange.stage").pk)
    said = []
    for done, total in ((0, 0), (2000, 20000), (20000, 20000)):
        worker.beat(done, total)
        said.append((status(clerk, batch)["percent"], status(clerk, batch)["words"]))
    assert said == [
        (None, "正在检查并读取文件"),
        (10, "正在逐行核对：2,000 / 20,000 行"),
        (100, "正在试写入，核对各行之间的规则"),
    ]


def test_a_called_off_look_can_be_asked_for_again(clerk, good, permu):
    upload(clerk, good)
    batch = Batch.objects.get()
    clerk.post(reverse("jobs:cancel", args=[job("exchange.stage").pk]))
    text = page(clerk, batch)
    assert ("核对没有完成，没有保存任何内容。已由permu取消" in text, "重新核对" in text) == (True, True)
    clerk.post(reverse("exchange:recheck", args=[batch.pk]))
    clerk.post(reverse("exchange:recheck", args=[batch.pk]))
    assert Job.objects.filter(kind="exchange.stage").count() == 2
    services.finished(batch)
    assert "确认入库" in page(clerk, batch)
    assert JournalEntry.objects.filter(act="重新核对表格").count() == 1


def test_a_called_off_write_leaves_the_batch_to_be_confirmed(clerk, good):
    upload(clerk, good)
    batch = services.finished(Batch.objects.get())
    clerk.post(page_of(batch))
    clerk.post(reverse("jobs:cancel", args=[job("exchange.confirm").pk]))
    text = page(clerk, batch)
    assert ("上次入库没有完成" in text, "确认入库" in text, YearlyFact.objects.count()) == (True, True, 1)


def test_nothing_is_asked_of_a_written_batch(clerk, good):
    upload(clerk, good)
    batch = services.finished(Batch.objects.get())
    clerk.post(page_of(batch))
    services.finished(batch)
    assert "这批数据已入库，不能重新核对。" in clerk.post(reverse("exchange:recheck", args=[batch.pk]), follow=True).content.decode()
    again = Job.objects.create(kind="exchange.stage", key=str(batch.pk), params=job("exchange.stage").params)
    assert jobs.run_here(again.pk).result["text"] == "这批数据已经处理完毕。"
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count()) == ("done", 2)


def test_two_looks_leave_the_same_rows(clerk, good):
    upload(clerk, good)
    batch = services.finished(Batch.objects.get())
    fields = ["row", "verdict", "label", "target", "base_version", "values", "changes", "errors"]
    seen = list(batch.rows.order_by("row").values_list(*fields))
    clerk.post(reverse("exchange:recheck", args=[batch.pk]))
    services.finished(batch)
    assert list(batch.rows.order_by("row").values_list(*fields)) == seen
    assert len(seen) == 2
