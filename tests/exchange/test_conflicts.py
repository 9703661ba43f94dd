"""The ledger moves on between verdict and confirmation: nothing is written and every row that no longer holds is named (T24)."""

import re

from django.urls import reverse
from django.utils import timezone

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.enterprises.models import YearlyFact
from apps.exchange import services
from apps.exchange.models import Batch
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from tests import factories
from tests.exchange.books import CODE, FACT, book, imported, load, page_of, staged, taken_in, upload
from tests.ledger.contract import signed_in

AT = r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}"


def facts():
    return list(YearlyFact.objects.order_by("year").values_list("year", "output", "version"))


def conflicts(batch):
    """Return (row, record, what, who) of the conflicts a batch names; each says when."""
    batch.refresh_from_db()
    day = timezone.localdate().isoformat()
    assert all(said["at"].startswith(day) == bool(said["who"]) for said in batch.conflicts)
    return [(said["row"], said["record"], said["what"], said["who"]) for said in batch.conflicts]


def test_a_record_changed_meanwhile_is_named_and_the_same_file_judged_again(clerk, good, firm):
    upload(clerk, good)
    fact, batch = YearlyFact.objects.get(year=2019), Batch.objects.get()
    ledger.change(record=fact, values={"output": 9}, version=1, actor=factories.SYSTEM)
    page = clerk.post(page_of(batch), follow=True).content.decode()
    assert "第 3 行的记录在核对之后已被他人修改或移出您的范围，未保存任何内容。请重新核对。" in page
    assert conflicts(batch) == [(3, str(fact), "已修改", "系统（测试）")]
    row = re.search(r'<td class="name">[^<]*</td><td data-label="行">3</td>.*?</tr>', page, re.DOTALL)[0]
    assert (str(fact) in row, "已修改" in row, "系统（测试）" in row, bool(re.search(AT, row))) == (True,) * 4
    assert (batch.state, batch.counts["conflict"], facts()) == ("conflict", 1, [(2019, 9, 2)])
    assert list(batch.rows.values_list("row", "verdict")) == [(2, "new"), (3, "conflict")]
    entry = JournalEntry.objects.get(act="确认入库")
    assert (entry.result, entry.detail["batch"], entry.detail["reason"]) == ("拒绝", str(batch.pk), batch.message)

    assert "不能入库" in clerk.post(page_of(batch), follow=True).content.decode()
    page = clerk.post(reverse("exchange:recheck", args=[batch.pk]), follow=True).content.decode()
    assert "确认入库" in page and "冲突" not in page
    clerk.post(page_of(batch))
    assert facts() == [(2019, 7, 3), (2020, 100, 1)]
    assert Batch.objects.get().state == "done"


def test_a_row_registered_meanwhile_stops_the_whole_batch(clerk, good, firm):
    upload(clerk, good)
    fact, batch = factories.yearly(firm, 2020, output=1), Batch.objects.get()
    page = clerk.post(page_of(batch), follow=True).content.decode()
    assert "可能刚刚有人登记了相同的记录" in page
    assert conflicts(batch) == [(2, str(fact), "已由他人登记", "系统（测试）")]
    assert facts() == [(2019, 5, 1), (2020, 1, 1)]


def test_an_archived_record_is_named(clerk, good, firm):
    upload(clerk, good)
    fact, batch = YearlyFact.objects.get(), Batch.objects.get()
    ledger.archive(record=fact, version=1, reason="错年", actor=factories.SYSTEM)
    clerk.post(page_of(batch))
    assert conflicts(batch) == [(3, str(fact), "已归档", "系统（测试）")]


def test_two_people_confirm_files_that_overlap(clerk, good, firm, tmp_path):
    """Both were judged against the same ledger; the second is told, row by row, what the first did."""
    upload(clerk, good)
    other, batch = factories.person("permu2", Role.PER_MU), Batch.objects.get()
    theirs = book(tmp_path / "b.xlsx", FACT, *[[firm.credit_code, firm.name, year, "规上", 50, 1] for year in (2019, 2020, 2021)])
    late = staged("enterprise-facts", theirs, other)
    clerk.post(page_of(batch))
    written = facts()
    page = signed_in(other).post(page_of(late), follow=True).content.decode()
    assert "permu（亩均办）" in page
    assert conflicts(late) == [
        (2, "示例甲机械有限公司 2019年", "已修改", "permu（亩均办）"),
        (3, "示例甲机械有限公司 2020年", "已由他人登记", "permu（亩均办）"),
    ]
    assert facts() == written == [(2019, 7, 2), (2020, 100, 1)]


def test_one_person_confirms_twice(clerk, good, permu):
    """Twice at once: both hold the batch as it was before the first one. And once more when it is done."""
    batch = staged("enterprise-facts", good, permu)
    twin, actor = Batch.objects.get(), Actor.of(permu)
    services.confirm(batch=batch, actor=actor)
    services.confirm(batch=twin, actor=actor)
    assert Job.objects.filter(kind="exchange.confirm").count() == 1
    services.finished(batch)
    assert services.confirm(batch=twin, actor=actor).state == "done"
    assert (facts(), JournalEntry.objects.filter(act="导入").count()) == ([(2019, 7, 2), (2020, 100, 1)], 1)


def test_a_second_job_for_a_written_batch_changes_nothing(good, permu):
    batch = imported("enterprise-facts", good, permu)
    done = Job.objects.get(kind="exchange.confirm")
    Job.objects.filter(pk=done.pk).update(state="pending")
    services.finished(batch)
    done.refresh_from_db()
    assert (done.result["text"], facts()) == ("已经入库。", [(2019, 7, 2), (2020, 100, 1)])


def test_who_lost_the_park_meanwhile_writes_nothing_and_learns_nothing(tmp_path, db):
    park = factories.platform("丽缙园")
    firm = factories.enterprise("示例本园企业", platform=park)
    user = factories.person("park_lijin", Role.PARK, platform=park)
    batch = staged("enterprises", book(tmp_path / "a.xlsx", [CODE, "联系人"], [firm.credit_code, "王五"]), user)
    user.posts.update(platform=factories.platform("开发区"))
    user = type(user).objects.get(pk=user.pk)
    services.finished(services.confirm(batch=batch, actor=Actor.of(user)))
    assert conflicts(batch) == [(2, "示例本园企业", "已不在您的范围内", "")]
    firm.refresh_from_db()
    assert (batch.state, firm.contact, firm.version) == ("conflict", "", 1)


def test_a_post_that_ended_before_the_job_ran_writes_nothing(good, permu):
    batch = staged("enterprise-facts", good, permu)
    services.confirm(batch=batch, actor=Actor.of(permu))
    permu.posts.update(end="2018-12-31")
    batch = services.finished(batch)
    assert (batch.state, batch.message) == ("conflict", "提交时的岗位“亩均办”已不在任，没有保存任何内容。")
    assert facts() == [(2019, 5, 1)]


def test_a_post_that_ended_before_the_file_was_judged_is_refused(good, permu):
    batch = taken_in("enterprise-facts", good, permu)
    permu.posts.update(end="2018-12-31")
    batch = services.finished(batch)
    assert (batch.state, batch.message, batch.rows.count()) == ("refused", "提交时的岗位“亩均办”已不在任，没有保存任何内容。", 0)


def test_the_job_acts_in_the_post_of_then(tmp_path, db):
    """A person of two posts: the job writes with the reach of the one he acted in, not of the first."""
    mine, other = factories.platform("丽缙园"), factories.platform("开发区")
    user = factories.person("keeper", Role.PARK, platform=mine)
    user.posts.create(role=Role.PARK, platform=other, start="2018-01-01")
    firm = factories.enterprise("示例他园企业", platform=other)
    path = book(tmp_path / "a.xlsx", [CODE, "联系人"], [firm.credit_code, "王五"])
    assert load("enterprises", path, user)[1]["status"] == "errors"
    second = user.posts.get(platform=other)
    assert load("enterprises", path, user, "--post", second.pk)[1]["status"] == "done"
    assert firm.history.latest().post == str(second)


def test_the_command_says_what_stood_in_the_way(good, permu, firm, monkeypatch):
    """Nothing of the document changes: a refusal is a refusal."""
    plain = services.confirm

    def overtaken(**values):
        factories.yearly(firm, 2020, output=1)
        return plain(**values)

    monkeypatch.setattr(services, "confirm", overtaken)
    code, document = load("enterprise-facts", good, permu)
    assert (code, document["status"], document["batch"]) == (1, "refused", None)
    assert "可能刚刚有人登记了相同的记录" in document["message"]
