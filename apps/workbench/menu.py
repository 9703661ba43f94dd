"""The side menu by task: one table. An entry shows when its test holds for the person."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    section: str
    label: str
    url_name: str
    args: tuple = ()
    right: tuple | None = None  # (subject, act); None: every business post

    def open_to(self, user):
        return user.may(self.right[1], self.right[0]) if self.right else not user.reach().nobody

    @cached_property
    def url(self):
        return reverse(self.url_name, args=self.args)


def ledger(section, label, code):
    return Entry(section, label, "ledger:list", (code,))


def kept(section, label, code):
    """A ledger of settings: in the menu only of those who keep it."""
    return Entry(section, label, "ledger:list", (code,), right=(code, "change"))


MENU = [
    Entry("工作台", "首页", "workbench:home"),
    Entry("工作台", "待办", "workbench:todo"),
    ledger("企业", "企业台账", "enterprises"),
    ledger("企业", "年度数据", "enterprise-facts"),
    ledger("企业", "月度累计", "monthly-facts"),
    Entry("企业", "数据核对", "enterprises:reconciliation", right=("reconciliation", "read")),
    ledger("平台", "平台", "platforms"),
    ledger("平台", "区块", "blocks"),
    ledger("平台", "乡镇街道", "towns"),
    ledger("平台", "产业", "industries"),
    ledger("土地", "土地处置", "land-cases"),
    ledger("土地", "宗地", "parcels"),
    ledger("土地", "用地占用", "land-occupation"),
    Entry("亩均评价", "评价总览", "grading:overview", right=("grading", "read")),
    Entry("亩均评价", "企业等级", "grading:list", right=("grading", "read")),
    Entry("亩均评价", "评价办法", "grading:methods", right=("grading", "read")),
    Entry("产业链", "产业链", "chains:list"),
    ledger("产业链", "九个一", "nine-ones"),
    ledger("产业链", "链长交办", "instructions"),
    kept("产业链", "产业链台账", "industry-chains"),
    Entry("考核", "季度评比", "assessments:list", right=("assessments", "read")),
    ledger("考核", "考核进程", "assessment-rounds"),
    kept("考核", "考核方案", "assessment-schemes"),
    kept("考核", "考核分组", "assessment-groups"),
    kept("考核", "考核对象", "assessment-units"),
    kept("考核", "考核指标", "assessment-indicators"),
    kept("考核", "考核目标", "assessment-targets"),
    Entry("规划", "规划体检", "plan:check"),
    Entry("规划", "表1、表2对照", "plan:tables"),
    Entry("规划", "发展目标", "plan:targets"),
    Entry("数据交换", "导入批次", "exchange:list"),
    Entry("数据交换", "我的导出", "exchange:files"),
    kept("数据交换", "列对应", "column-mappings"),
    Entry("数据交换", "已确认的名称", "exchange:known-names", right=("column-mappings", "change")),
    Entry("数据交换", "后台作业", "jobs:list"),
    Entry("日志", "操作日志", "journal:list", right=("journal", "read")),
    Entry("日志", "异常告警", "accounts:alarms", right=("alarms", "read")),
    Entry("日志", "后台作业", "jobs:list", right=("jobs", "watch")),
    Entry("人员", "人员与岗位", "accounts:people", right=("people", "read")),
]


def menu_of(user, path):
    """Return [(section, [(label, url, is_here)])] for one person; empty sections are left out."""
    sections, entries = {}, [entry for entry in MENU if entry.open_to(user)]
    here = max((entry.url for entry in entries if _leads_to(entry.url, path)), key=len, default=None)
    for entry in entries:
        sections.setdefault(entry.section, []).append((entry.label, entry.url, entry.url == here))
    return list(sections.items())


def _leads_to(url, path):
    return path.startswith(url) if url != "/" else path == "/"
