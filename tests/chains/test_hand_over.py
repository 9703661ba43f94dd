"""When a post ends its open items are listed, printed and pass to the successor (工作交接单)."""

import datetime as dt
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from apps.accounts import handover, services
from apps.accounts.choices import Role
from apps.accounts.models import HandOver, Organisation, Post, User
from apps.chains.models import Chain
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2021, 10, 15)
CANARY = "金丝雀"


@pytest.fixture(autouse=True)
def office_day(settings):
    settings.OFFICE_TODAY = TODAY


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def keeper():
    return factories.person("keeper", Role.SECURITY_ADMIN)


@pytest.fixture
def leaver():
    return factories.person("leaver", Role.CHAIN_OFFICE, industry=factories.industry())


@pytest.fixture
def taker():
    return factories.person("taker", Role.CHAIN_OFFICE, industry=factories.industry())


@pytest.fixture
def chain(leaver):
    return factories.chain(specialist=leaver.posts.get(), branches=CANARY)


def end(keeper, post, **posted):
    return client_of(keeper).post(reverse("accounts:end-post", args=[post.pk]), posted, follow=True)


def test_the_record_names_the_successor_and_the_sheet_is_kept(keeper, leaver, taker, chain):
    post, next_post = leaver.posts.get(), taker.posts.get()
    assert end(keeper, post, successor=next_post.pk).status_code == 200
    chain.refresh_from_db(), post.refresh_from_db()
    assert (chain.specialist, chain.version, post.end) == (next_post, 2, TODAY)
    entry = chain.history.first()
    assert (entry.history_user, entry.post) == (None, "岗位交接")
    assert entry.history_change_reason == "岗位交接：leaver（链办（现代装备）） 移交 taker（链办（现代装备））"
    kept = HandOver.objects.get()
    assert (kept.post, kept.successor, kept.on, kept.by) == (post, next_post, TODAY, keeper)
    assert [(line["kind"], line["ledger"], line["record"], line["act"]) for line in kept.lines] == [
        (handover.NAMED, "产业链", "现代装备产业链", "指导专员")
    ]
    acts = list(JournalEntry.objects.exclude(act="登录").order_by("seq").values_list("act", flat=True))[-2:]
    assert acts == ["岗位交接", "终止岗位"]
    told = JournalEntry.objects.get(act="终止岗位").detail
    assert (told["hand_over"], told["items"], told["successor"]) == (kept.pk, 1, "taker（链办（现代装备））")


def test_without_a_successor_the_record_stays_and_the_sheet_is_kept_all_the_same(keeper, leaver, chain):
    end(keeper, leaver.posts.get(), successor="")
    chain.refresh_from_db()
    assert (chain.specialist, chain.version) == (leaver.posts.get(), 1)
    assert (len(HandOver.objects.get().lines), HandOver.objects.get().successor) == (1, None)


@pytest.mark.parametrize("which", ["own", "other_role", "other_industry", "over", "missing", "text"])
def test_only_a_post_of_the_same_role_and_scope_takes_over(keeper, leaver, chain, which):
    post = leaver.posts.get()
    keys = {
        "own": lambda: post.pk,
        "other_role": lambda: factories.person("a", Role.PER_MU).posts.get().pk,
        "other_industry": lambda: factories.person("b", Role.CHAIN_OFFICE, industry=factories.industry("健康医疗")).posts.get().pk,
        "over": lambda: factories.person("c", Role.CHAIN_OFFICE, industry=factories.industry(), end=TODAY).posts.get().pk,
        "missing": lambda: 99999,
        "text": lambda: "x",
    }
    page = end(keeper, post, successor=keys[which]())
    assert "接收岗位须是他人的、同一角色和范围的在任岗位。" in page.content.decode()
    chain.refresh_from_db(), post.refresh_from_db()
    assert (chain.version, post.end, HandOver.objects.count()) == (1, None, 0)


def test_the_service_asks_too_and_nothing_is_half_done(leaver, chain):
    with pytest.raises(Refused):
        services.end_post(post=leaver.posts.get(), successor=factories.person("a", Role.LEADER).posts.get(), actor=Actor.system("测试"))
    assert (Post.objects.get(user=leaver).end, HandOver.objects.count()) == (None, 0)


def test_a_record_that_does_not_admit_the_successor_stops_everything(keeper, leaver, taker, chain):
    from apps.ledger.history import writing

    with writing():
        Chain.objects.filter(pk=chain.pk).update(name="")  # an old row that today's checks refuse
    page = end(keeper, leaver.posts.get(), successor=taker.posts.get().pk)
    assert "产业链中有记录不能转给接收岗位，未作任何改动" in page.content.decode()
    assert (Post.objects.get(user=leaver).end, HandOver.objects.count()) == (None, 0)


def test_the_administrator_sees_numbers_only(keeper, leaver, taker, chain):
    page = client_of(keeper).get(reverse("accounts:ending", args=[leaver.posts.get().pk]))
    assert page.context["counts"] == [(handover.NAMED, "产业链", 1)]
    assert list(page.context["form"].fields["successor"].queryset) == [taker.posts.get()]
    end(keeper, leaver.posts.get(), successor=taker.posts.get().pk)
    shown = page.content.decode() + "".join(
        client_of(keeper).get(reverse(*at)).content.decode() for at in [("accounts:person", None, [leaver.pk]), ("accounts:profile",)]
    )
    assert (CANARY in shown, "现代装备产业链" in shown) == (False, False)
    assert client_of(keeper).get(reverse("accounts:hand-over", args=[HandOver.objects.get().pk])).status_code == 404


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.LEADER])
def test_only_who_may_grant_sees_the_page(leaver, role):
    assert client_of(factories.person("other", role)).get(reverse("accounts:ending", args=[leaver.posts.get().pk])).status_code == 403


def test_holder_and_successor_read_print_and_export_nobody_else(keeper, leaver, taker, chain):
    own = reverse("accounts:sheet", args=[leaver.posts.get().pk])
    assert [line["record"] for line in client_of(leaver).get(own).context["lines"]] == ["现代装备产业链"]
    assert client_of(taker).get(own).status_code == 404
    end(keeper, leaver.posts.get(), successor=taker.posts.get().pk)
    leaver = User.objects.get(pk=leaver.pk)  # his sessions have ended
    assert client_of(leaver).get(own).status_code == 404  # no longer his post; the kept sheet stays
    kept = reverse("accounts:hand-over", args=[HandOver.objects.get().pk])
    pages = {name: client_of(user).get(kept) for name, user in [("leaver", leaver), ("taker", taker)]}
    assert {name: "监交人（签字）" in page.content.decode() for name, page in pages.items()} == {"leaver": True, "taker": True}
    assert client_of(factories.person("third", Role.LEADER)).get(kept).status_code == 404
    book = load_workbook(io.BytesIO(b"".join(client_of(taker).get(kept, {"format": "xlsx"}).streaming_content)))
    rows = [[cell.value for cell in row if cell.value] for row in book.active.iter_rows()]
    assert rows[0] == ["工作交接单"]
    assert rows[1] == ["移交人：leaver（链办（现代装备））　接收人：taker（链办（现代装备））　交接日期：2021-10-15"]
    assert rows[3:5] == [list(handover.COLUMNS.values()), [handover.NAMED, "产业链", "现代装备产业链", "指导专员"]]
    assert rows[-1][0].startswith("移交人（签字）：")
    entry = JournalEntry.objects.filter(act="导出").get()
    assert (entry.user, entry.target, entry.detail["rows"]) == (taker, "工作交接单：leaver（链办（现代装备））", 1)


def test_a_post_that_lapses_by_itself_leaves_its_sheet(settings, leaver, chain):
    """Asked for by the calendar, once; a post in force and one that lapsed long ago leave none."""
    post = leaver.posts.get()
    Post.objects.filter(pk=post.pk).update(end=TODAY)
    factories.person("stays", Role.LEADER)
    Post.objects.create(user=leaver, role=Role.LEADER, start=dt.date(2018, 1, 1), end=TODAY - dt.timedelta(days=31))
    for _ in range(2):
        jobs.plan(timezone.localtime())
        for job in Job.objects.filter(kind="people.keep_lapsed", state="pending"):
            assert jobs.run_here(job.pk).state == "done"
        Job.objects.filter(kind="people.keep_lapsed").delete()
    kept = HandOver.objects.get()
    assert (kept.post, kept.successor, kept.on, kept.by) == (post, None, TODAY, None)
    assert [(line["kind"], line["record"]) for line in kept.lines] == [(handover.NAMED, "现代装备产业链")]
    entry = JournalEntry.objects.filter(act="岗位到期").get()
    assert (entry.post, entry.target, entry.detail["items"]) == ("计划任务", "leaver（链办（现代装备））", 1)
    page = client_of(leaver).get(reverse("accounts:hand-over", args=[kept.pk]))
    assert "现代装备产业链" in page.content.decode()
    Post.objects.create(user=leaver, role=Role.SYSTEM_ADMIN, start=TODAY)  # an administrator sees no record, not even his former ones
    leaver = User.objects.get(pk=leaver.pk)
    assert client_of(leaver).get(reverse("accounts:hand-over", args=[kept.pk])).status_code == 404


def test_what_waits_for_the_post_and_what_its_body_answers_for_is_listed(settings):
    body = Organisation.objects.create(name="丽缙园管委会")
    park = factories.platform()
    user = factories.person("park_one", Role.PARK, platform=park, organisation=body)
    settings.OFFICE_TODAY = dt.date(2021, 1, 1)
    planned = factories.land_case(responsible=body, deadline=dt.date(2021, 9, 30), parcel=factories.parcel(platform=park))
    settings.OFFICE_TODAY = TODAY
    bureau = factories.person("bureau_one", Role.NATURAL)
    back = factories.land_case(parcel=factories.parcel(platform=park))
    from apps.ledger import workflow

    plan = {"disposal": "supply", "plan_text": "挂牌出让"}
    workflow.apply_move(record=planned, move="plan", actor=factories.SYSTEM, version=planned.version, values=plan)
    workflow.apply_move(record=back, move="return", actor=Actor.of(bureau), version=1, comment="缺材料")
    lines = client_of(user).get(reverse("accounts:sheet", args=[user.posts.get().pk])).context["lines"]
    assert [(line["kind"], line["record"], line["state"], line["act"], line["due"], line["light"]) for line in lines] == [
        (handover.WAITING, str(back), "退回", "重新报送", "", "未定时限"),
        (handover.OF_UNIT, str(planned), "定方案", "", "2021-09-30", "逾期15天"),
    ]


def test_a_closed_account_still_leaves_its_work(keeper, leaver, taker, chain):
    services.deactivate(user=leaver, actor=Actor.system("测试"))
    end(keeper, leaver.posts.get(), successor=taker.posts.get().pk)
    assert len(HandOver.objects.get().lines) == 1
