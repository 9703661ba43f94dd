"""The people of the sample county: bodies, sign-ins, posts. All names are functions, none is a person's."""

import datetime as dt
from dataclasses import dataclass, field

from apps.accounts.choices import DataItem, Role

SINCE = dt.date(2018, 1, 1)
ORGANISATIONS = [  # (body, the body above it), from the top down (domain 0.4)
    ("缙云县", None),
    ("县委组织部", "缙云县"),
    ("县政府", "缙云县"),
    ("县生态工业发展领导小组", "缙云县"),
    ("县委县政府督查室", "缙云县"),
    ("县考核办", "县委组织部"),
    ("县大数据发展中心", "县政府"),
    ("县经济商务局", "县政府"),
    ("县亩均办", "县经济商务局"),
    ("现代装备产业链办公室", "县经济商务局"),
    ("县自然资源和规划局", "县政府"),
    ("县税务局", "县政府"),
    ("县统计局", "县政府"),
    ("县发展和改革局", "县政府"),
    ("丽缙园管委会", "县政府"),
    ("开发区管委会", "县政府"),
    ("壶镇镇政府", "县政府"),
]


@dataclass(frozen=True)
class Held:
    """A role in a scope, named as the ledgers name it (platform: short name)."""

    role: str
    platform: str | None = None
    town: str | None = None
    industry: str | None = None
    data_items: tuple = ()


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    organisation: str
    posts: list = field(default_factory=list)


def _person(username, name, organisation, *posts):
    return Person(username, f"示例·{name}", organisation, list(posts))


EQUIPMENT = "现代装备"
PEOPLE = [
    _person("sysadmin", "系统管理员", "县大数据发展中心", Held(Role.SYSTEM_ADMIN)),
    _person("secadmin", "安全管理员", "县大数据发展中心", Held(Role.SECURITY_ADMIN)),
    _person("auditor", "审计管理员", "县大数据发展中心", Held(Role.AUDIT_ADMIN)),
    _person("permu", "亩均办甲", "县亩均办", Held(Role.PER_MU)),
    _person("permu2", "亩均办乙", "县亩均办", Held(Role.PER_MU)),
    _person("park_lijin", "丽缙园专员", "丽缙园管委会", Held(Role.PARK, platform="丽缙园")),
    _person("park_kaifaqu", "开发区专员", "开发区管委会", Held(Role.PARK, platform="开发区")),
    _person("town_huzhen", "壶镇专员", "壶镇镇政府", Held(Role.TOWN, town="壶镇镇")),
    _person("dept_tax", "税务报送员", "县税务局", Held(Role.REPORTER, data_items=(DataItem.TAX,))),
    _person(
        "dept_stats", "统计报送员", "县统计局", Held(Role.REPORTER, data_items=(DataItem.STATISTICS, DataItem.RESEARCH, DataItem.POWER))
    ),
    _person("dept_check", "部门审核员", "县发展和改革局", Held(Role.REPORTER, data_items=(DataItem.CHECK,))),
    _person("natural", "自规局甲", "县自然资源和规划局", Held(Role.NATURAL)),
    _person("natural2", "自规局乙", "县自然资源和规划局", Held(Role.NATURAL)),
    _person(  # plan §7.1: the chief of 现代装备 is the park's standing deputy director
        "chief_equipment", "装备链长", "丽缙园管委会", Held(Role.CHAIN_CHIEF, industry=EQUIPMENT), Held(Role.PARK, platform="丽缙园")
    ),
    _person("chief_chain", "总链长", "县政府", Held(Role.CHIEF_OF_CHIEFS)),
    _person("office_equipment", "装备链办", "现代装备产业链办公室", Held(Role.CHAIN_OFFICE, industry=EQUIPMENT)),
    _person("evaluator", "考核办甲", "县考核办", Held(Role.EVALUATOR)),
    _person("evaluator2", "考核办乙", "县考核办", Held(Role.EVALUATOR)),
    _person("supervisor", "督查员", "县委县政府督查室", Held(Role.SUPERVISOR)),
    _person("approver", "领导小组审定人", "县生态工业发展领导小组", Held(Role.APPROVER)),
    _person("leader", "县领导", "县政府", Held(Role.LEADER)),
]
