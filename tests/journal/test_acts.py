"""Every kind of act, through its door, leaves exactly one entry that says who, what and how it ended (reliability C1, C2, T41)."""

import datetime as dt
import re
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.core.actor import Actor
from apps.exchange.models import Batch
from apps.grading import services as grading
from apps.grading.methods import DEFAULT
from apps.jobs import runner
from apps.jobs.models import Job
from apps.journal.models import JournalEntry
from apps.journal.rules import REFUSALS_A_MINUTE
from apps.journal.selectors import verify
from apps.journal.services import NO_MORE
from apps.ledger import saved
from apps.ledger import services as ledger
from apps.ledger.models import Paper
from tests import factories
from tests.commands import run
from tests.exchange.books import FACT, book
from tests.ledger.api_contract import Script

pytestmark = pytest.mark.django_db
PASSWORD = "Jinyun-2021!"
REFUSED = ("请求被拒", "拒绝")


class Office:
    """People, firms, a spreadsheet and one browser, which nobody has signed in with yet."""

    def __init__(self, client, folder):
        self.web = client
        self.permu = factories.person("permu", "per_mu")
        self.clerk = factories.person("clerk", "per_mu")
        factories.Post.objects.create(user=self.clerk, role="leader", start=dt.date(2018, 1, 1))
        self.park = factories.person("park", "park", platform=factories.platform())
        self.leader = factories.person("leader", "leader")
        self.bureau = factories.person("bureau", "natural")
        self.case = factories.land_case()
        self.system = factories.person("system", "system_admin")
        self.security = factories.person("security", "security_admin")
        self.folder = folder
        self.firm = factories.enterprise("示例企业甲", platform=factories.platform())
        self.stranger = factories.enterprise("园区以外的企业", platform=factories.platform("锦绣园"))
        self.path = book(folder / "facts.xlsx", FACT, [self.firm.credit_code, self.firm.name, 2020, "规上", 100, 3])

    def sign_in(self, password=PASSWORD):
        return self.web.post("/people/sign-in/", {"username": "clerk", "password": password})

    def page(self, view, /, *args, **query):
        return self.web.get(reverse(view, args=args), query)

    def send(self, view, /, *args, **data):
        return self.web.post(reverse(view, args=args), data)

    def form(self, view, /, *args, **changed):
        """Send a page's own form back with some boxes changed."""
        form = self.page(view, *args).context["form"]
        values = {key: form[key].value() for key in form.fields} | changed
        return self.send(view, *args, **{key: value for key, value in values.items() if value is not None})

    def api(self, tail, body, version=None, method="post"):
        """Send a request of a script in the session of whoever is signed in."""
        script = Script(path="/api/ledgers/")
        script.client = self.web
        return script(method, tail, body, version=version)

    def upload(self):
        return self.send("exchange:upload", "enterprise-facts", file=SimpleUploadedFile("事实.xlsx", self.path.read_bytes()))

    def person(self, act, who=None):
        return self.send(f"accounts:{act}", (who or self.clerk).pk)


@pytest.fixture
def office(client, tmp_path):
    return Office(client, tmp_path)


def nothing(office):
    pass


def four_failures(office):
    for _ in range(4):
        office.sign_in("wrong")


def rights_changed(office):
    office.sign_in()
    User.objects.filter(pk=office.clerk.pk).update(session_epoch=7)


def archived(office):
    ledger.archive(record=office.firm, version=1, reason="停产", actor=factories.SYSTEM)


def deactivated(office):
    accounts.deactivate(user=office.clerk, actor=factories.SYSTEM)


def view_shared(office):
    office.view = saved.SavedView(owner=office.permu, ledger="enterprises", name="规上", query="scale=above", shared=True)
    saved.keep_view(view=office.view, actor=Actor.of(office.permu))


def read_meanwhile(office):
    office.before = office.page("ledger:change", "enterprises", office.firm.pk).context["form"]
    ledger.change(record=office.firm, values={"name": "别人改的"}, version=1, actor=factories.SYSTEM)


def stale(office):
    values = {key: office.before[key].value() for key in office.before.fields}
    office.send("ledger:change", "enterprises", office.firm.pk, **{key: value for key, value in values.items() if value is not None})


def paper_wanted(office):
    return office.send("ledger:paper-add", "land-cases", office.case.pk, "approval", file=SimpleUploadedFile("批复.pdf", b"%PDF-1.4 x"))


def move(office, code, comment):
    office.send("ledger:move", "land-cases", office.case.pk, code, version=1, comment=comment)


def withdraw(office):
    office.send("ledger:paper-withdraw", "land-cases", office.case.pk, Paper.objects.get().pk, reason="传错")


def job_wanted(office):
    factories.yearly(office.firm, 2020, tax=Decimal(100))
    office.job = grading.request_run(year=2020, method=DEFAULT, actor=Actor.of(office.permu))


def job_hopeless(office):
    job_wanted(office)
    Job.objects.filter(pk=office.job.pk).update(params={"year": 1900})


def run_job(office):
    runner.run(office.job.pk)


def command_refused(office):
    with pytest.raises(SystemExit):
        call_command("import_workbook", "enterprise-facts", str(office.path), "--as", "leader", stdout=StringIO(), stderr=StringIO())


FIRM = {
    "credit_code": "91331122MA0000999" + factories.check_character("91331122MA0000999"),
    "name": "新企业",
    "scale": "above",
}


def new_firm(office):
    office.form("ledger:create", "enterprises", **FIRM, town=office.firm.town_id, industry=office.firm.industry_id)


def new_firm_by_script(office):
    return office.api("enterprises/", {**FIRM, "town": office.firm.town_id, "industry": office.firm.industry_id})


# name: (who is signed in, what was before, the act through its door, (act, result), who is named)
ACTS = {
    "sign-in": ("", nothing, lambda o: o.sign_in(), ("登录", "成功"), "clerk"),
    "failed sign-in": ("", nothing, lambda o: o.sign_in("wrong"), ("登录失败", "失败"), ""),
    "throttled sign-in": ("", four_failures, lambda o: o.sign_in("wrong"), ("登录锁定", "失败"), ""),
    "sign-out": ("clerk", nothing, lambda o: o.send("accounts:sign-out"), ("退出", "成功"), "clerk"),
    "ended session": ("", rights_changed, lambda o: o.page("workbench:home"), ("会话终止", "成功"), "clerk"),
    "change of post": (
        "clerk",
        nothing,
        lambda o: o.send("accounts:act", post=o.clerk.posts.get(role="leader").pk),
        ("切换岗位", "成功"),
        "clerk",
    ),
    "page without the right": ("permu", nothing, lambda o: o.page("journal:list"), REFUSED, "permu"),
    "record out of scope": ("park", nothing, lambda o: o.page("ledger:detail", "enterprises", o.stranger.pk), REFUSED, "park"),
    "change out of scope": ("park", nothing, lambda o: o.send("ledger:change", "enterprises", o.stranger.pk, name="我的"), REFUSED, "park"),
    "upload without the right": ("leader", nothing, lambda o: o.upload(), REFUSED, "leader"),
    "stale form": ("permu", read_meanwhile, stale, REFUSED, "permu"),
    "refused by a rule": ("security", nothing, lambda o: o.person("activate"), REFUSED, "security"),
    "refused at the form": (
        "security",
        nothing,
        lambda o: o.send("accounts:grant", o.clerk.pk, role="park", start="2021-01-01"),
        REFUSED,
        "security",
    ),
    "refused command": ("", nothing, command_refused, REFUSED, "leader"),
    "refused job request": ("permu", nothing, lambda o: o.send("grading:run", year="1900"), REFUSED, "permu"),
    "create": ("permu", nothing, new_firm, ("新增", "成功"), "permu"),
    "change": ("permu", nothing, lambda o: o.form("ledger:change", "enterprises", o.firm.pk, name="改名"), ("修改", "成功"), "permu"),
    "archive": (
        "permu",
        nothing,
        lambda o: o.send("ledger:archive", "enterprises", o.firm.pk, version=1, reason="停产"),
        ("归档", "成功"),
        "permu",
    ),
    "restore": (
        "permu",
        archived,
        lambda o: o.send("ledger:archive", "enterprises", o.firm.pk, version=2, reason="复产"),
        ("恢复", "成功"),
        "permu",
    ),
    "move": ("bureau", nothing, lambda o: move(o, "return", "面积不清"), ("办理", "成功"), "bureau"),
    "move out of turn": ("bureau", nothing, lambda o: move(o, "accept", "合格"), REFUSED, "bureau"),
    "paper": ("bureau", nothing, paper_wanted, ("上传附件", "成功"), "bureau"),
    "withdrawn paper": ("bureau", paper_wanted, withdraw, ("撤下附件", "成功"), "bureau"),
    "export": ("permu", nothing, lambda o: o.page("exchange:export", "enterprises", q="示例"), ("导出", "成功"), "permu"),
    "register a body": ("system", nothing, lambda o: o.send("accounts:organisations", name="统计局"), ("登记单位", "成功"), "system"),
    "register a person": (
        "system",
        nothing,
        lambda o: o.send("accounts:propose", username="neu", name="新人"),
        ("登记人员", "成功"),
        "system",
    ),
    "grant": (
        "security",
        nothing,
        lambda o: o.send("accounts:grant", o.leader.pk, role="evaluator", start="2021-01-01"),
        ("授予岗位", "成功"),
        "security",
    ),
    "end of a post": (
        "security",
        nothing,
        lambda o: o.send("accounts:end-post", o.leader.posts.get().pk),
        ("终止岗位", "成功"),
        "security",
    ),
    "one-time password": ("security", nothing, lambda o: o.person("reset-password"), ("重置密码", "成功"), "security"),
    "unlock": ("security", nothing, lambda o: o.person("unlock"), ("解除锁定", "成功"), "security"),
    "end of sessions": ("security", nothing, lambda o: o.person("end-sessions"), ("终止会话", "成功"), "security"),
    "deactivation": ("security", nothing, lambda o: o.person("deactivate"), ("停用人员", "成功"), "security"),
    "activation": ("security", deactivated, lambda o: o.person("activate"), ("启用人员", "成功"), "security"),
    "end of a shared view": (
        "permu",
        view_shared,
        lambda o: o.send("ledger:view", "enterprises", o.view.pk, name="规上"),
        ("停止共享视图", "成功"),
        "permu",
    ),
    "deleted shared view": (
        "permu",
        view_shared,
        lambda o: o.send("ledger:view", "enterprises", o.view.pk, drop="1"),
        ("停止共享视图", "成功"),
        "permu",
    ),
    "archive of the journal": (
        "",
        nothing,
        lambda o: run("journal_archive", o.folder / "journal.jsonl", "--before", "2100-01-01"),
        ("日志归档", "成功"),
        "",
    ),
    "create by a script": ("permu", nothing, new_firm_by_script, ("新增", "成功"), "permu"),
    "change by a script": (
        "permu",
        nothing,
        lambda o: o.api(f"enterprises/{o.firm.pk}/", {"name": "改名"}, 1, "patch"),
        ("修改", "成功"),
        "permu",
    ),
    "archive by a script": (
        "permu",
        nothing,
        lambda o: o.api(f"enterprises/{o.firm.pk}/archive/", {"reason": "停产"}, 1),
        ("归档", "成功"),
        "permu",
    ),
    "restore by a script": ("permu", archived, lambda o: o.api(f"enterprises/{o.firm.pk}/restore/", {}, 2), ("恢复", "成功"), "permu"),
    "move by a script": (
        "bureau",
        nothing,
        lambda o: o.api(f"land-cases/{o.case.pk}/moves/return/", {"comment": "面积不清"}, 1),
        ("办理", "成功"),
        "bureau",
    ),
    "move out of turn by a script": (
        "bureau",
        nothing,
        lambda o: o.api(f"land-cases/{o.case.pk}/moves/accept/", {"comment": "合格"}, 1),
        REFUSED,
        "bureau",
    ),
    "change out of scope by a script": (
        "park",
        nothing,
        lambda o: o.api(f"enterprises/{o.stranger.pk}/", {"name": "我的"}, 1, "patch"),
        REFUSED,
        "park",
    ),
    "stale change by a script": (
        "permu",
        read_meanwhile,
        lambda o: o.api(f"enterprises/{o.firm.pk}/", {"name": "改名"}, 1, "patch"),
        REFUSED,
        "permu",
    ),
    "own password": (
        "clerk",
        nothing,
        lambda o: o.send("accounts:password", old_password=PASSWORD, new_password1="Neu-Jinyun-7!", new_password2="Neu-Jinyun-7!"),
        ("修改密码", "成功"),
        "clerk",
    ),
    "failed job": ("", job_hopeless, run_job, ("作业失败", "失败"), "permu"),
}


@pytest.mark.parametrize("name", ACTS)
def test_one_act_one_entry(office, name):
    who, before, act, told, actor = ACTS[name]
    if who:
        office.web.force_login(getattr(office, who))
    before(office)
    last = JournalEntry.objects.count()
    act(office)
    entries = list(JournalEntry.objects.filter(seq__gt=last))
    assert [(entry.act, entry.result, entry.actor) for entry in entries] == [(*told, actor)]
    assert (entries[0].channel == "接口") == name.endswith("by a script")
    assert dt.datetime.fromisoformat(entries[0].at).utcoffset() == dt.timedelta(hours=8)
    assert (entries[0].target, verify().intact) != ("", False)


def test_a_refusal_says_what_was_asked_from_where_and_why(office):
    office.web.force_login(office.security)
    office.web.post(reverse("accounts:activate", args=[office.clerk.pk]), REMOTE_ADDR="10.1.2.3")
    entry = JournalEntry.objects.latest("seq")
    assert entry.target == f"POST /people/{office.clerk.pk}/activate/"
    assert (entry.address, entry.post, entry.detail) == ("10.1.2.3", "安全管理员", {"status": 409, "reason": "该人员已经启用。"})


def test_a_recalculation_is_its_own_act_and_a_job_run(office):
    job_wanted(office)
    last = JournalEntry.objects.count()
    run_job(office)
    entries = JournalEntry.objects.filter(seq__gt=last).order_by("seq")
    assert [(entry.act, entry.result, entry.actor) for entry in entries] == [("亩均重算", "成功", "permu"), ("作业完成", "成功", "permu")]


def told_of(office, act):
    """Let the clerk at 10.1.2.3 act; return (act, result) of what the journal says of it, each under his name and address."""
    last = JournalEntry.objects.count()
    act()
    entries = list(JournalEntry.objects.filter(seq__gt=last).order_by("seq"))
    assert {(entry.actor, entry.address) for entry in entries if entry.act != "作业完成"} == {("permu", "10.1.2.3")}
    return [(entry.act, entry.result) for entry in entries]


def test_an_import_is_taken_in_judged_and_written(office):
    """What a job does for a person is his act, from where he asked for it."""
    office.web.force_login(office.permu)
    office.web.defaults["REMOTE_ADDR"] = "10.1.2.3"
    done = ("作业完成", "成功")
    assert told_of(office, office.upload) == [("上传表格", "成功"), ("核对表格", "待确认"), done]
    batch = Batch.objects.get()
    taken = factories.yearly(office.firm, 2020, output=Decimal(1))
    assert told_of(office, lambda: office.send("exchange:batch", batch.pk)) == [("确认入库", "拒绝"), done]
    assert told_of(office, lambda: office.send("exchange:recheck", batch.pk)) == [("重新核对表格", "成功"), ("核对表格", "待确认"), done]
    assert told_of(office, lambda: office.send("exchange:batch", batch.pk)) == [("导入", "成功"), done]
    taken.refresh_from_db()
    assert (taken.version, verify().intact) == (2, True)


def test_an_export_says_filter_rows_and_hash(office):
    office.web.force_login(office.permu)
    office.page("exchange:export", "enterprises", q="示例企业甲")
    detail = JournalEntry.objects.latest("seq").detail
    assert (detail["conditions"], detail["rows"], len(detail["sha256"])) == ("搜索：示例企业甲", 1, 64)


@pytest.mark.parametrize("path", ["/nowhere/", "/favicon.ico", "/ledger/enterprises/"])
def test_what_is_no_refusal_makes_no_entry(office, path):
    office.web.get(path)
    office.web.force_login(office.permu)
    before = JournalEntry.objects.count()
    office.web.get(path)
    assert JournalEntry.objects.count() == before


def test_a_script_at_a_closed_door_does_not_fill_the_journal(office):
    office.web.force_login(office.park)
    before = JournalEntry.objects.count()
    answers = [office.page("ledger:detail", "enterprises", office.stranger.pk).status_code for _ in range(REFUSALS_A_MINUTE + 3)]
    assert answers == [404] * (REFUSALS_A_MINUTE + 3)
    assert JournalEntry.objects.count() - before == REFUSALS_A_MINUTE
    assert JournalEntry.objects.latest("seq").detail["note"] == NO_MORE
    office.web.force_login(office.permu)
    office.page("journal:list")
    assert JournalEntry.objects.latest("seq").actor == "permu"


# Acts that a test of their own tells.
ELSEWHERE = {
    *("备份", "恢复备份", "迁移数据库"),  # tests/backup
    *("二次验证", "再次验证", "绑定二次验证", "解除二次验证", "救助安全管理员", "建立访问令牌", "撤销访问令牌"),  # tests/accounts
    *("异常告警", "处理告警", "更换加密密钥", "个人信息查询"),  # tests/security
    *("上传表格", "核对表格", "重新核对表格", "确认入库", "导入", "下载导出", "指定各列", "确认名称", "取消已确认的名称"),  # tests/exchange
    *("考核计分", "亩均重算", "作业完成", "作业取消"),  # tests/assessments, tests/grading, tests/jobs
    *("批量写入", "批量修改", "共享视图", "知悉提醒", "提醒各单位"),  # tests/ledger, tests/land, tests/enterprises
    *("岗位交接", "岗位到期", "设置变更", "其余被拒"),  # tests/chains, tests/journal
}


def test_every_act_the_program_knows_is_in_the_table():
    """An act without a line above, or a test of its own, fails."""
    sources = [path for path in (settings.BASE_DIR / "apps").rglob("*.py") if "sample" not in path.parts]
    calls = [r" act=", r"journal\.record\(\s*act=", r"_journal\(", r"_set_active\(user, actor, ", r"_archived\([^\"]*"]
    calls += [r"_note_refusal\(", r"\.note\(", r"_enter\("]
    written = re.compile(f'(?:{"|".join(calls)})"([一-鿿]+?)"')
    acts = {act for path in sources for act in written.findall(path.read_text())}
    acts |= {REFUSED[0], "登录失败"}  # these two are not written as plain words
    assert acts == {told[0] for _, _, _, told, _ in ACTS.values()} | ELSEWHERE


def test_an_act_told_elsewhere_is_named_by_a_test_there():
    texts = [path.read_text() for path in (settings.BASE_DIR / "tests").rglob("test_*.py") if path.name != Path(__file__).name]
    assert [act for act in sorted(ELSEWHERE) if not any(f'"{act}"' in text for text in texts)] == []
