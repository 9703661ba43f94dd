"""Who may do what: one table. Reading is decided by scope (`visible_to`), writing here; what is not named is denied.

Acts of a ledger: add, change, archive, import, and the codes of the moves of its workflow. Export is open to whoever sees
the rows.
"""

from apps.accounts.choices import Role

WRITE = frozenset({"add", "change", "archive", "import"})
FILL = frozenset({"add", "change", "import"})
KEEP = frozenset({"change", "archive"})  # what is made on a page of its own, not on the ledger's form
GIVE = frozenset({"add", "change", "issue", "recall", "reassign", "confirm", "redo", "close", "extend", "deny_extension"})  # a chief's acts
ANSWER = frozenset({"sign", "start", "answer", "ask_extension"})  # a responsible unit's

RIGHTS = {
    "enterprises": {Role.PER_MU: WRITE, Role.PARK: WRITE, Role.TOWN: WRITE},
    "enterprise-facts": {Role.PER_MU: WRITE, Role.REPORTER: FILL},
    "monthly-facts": {Role.PER_MU: WRITE, Role.REPORTER: FILL},
    "land-occupation": {Role.PER_MU: WRITE, Role.NATURAL: WRITE, Role.PARK: FILL, Role.TOWN: FILL},
    "parcels": {Role.NATURAL: WRITE, Role.PER_MU: WRITE, Role.PARK: FILL},
    "platforms": {Role.PER_MU: WRITE, Role.PARK: frozenset({"change"})},
    "blocks": {Role.PER_MU: WRITE, Role.NATURAL: WRITE, Role.PARK: FILL},
    "land-cases": {
        Role.PARK: FILL | {"resubmit", "plan", "start", "report", "ask_extension"},
        Role.TOWN: FILL | {"resubmit", "plan", "start", "report", "ask_extension"},
        Role.NATURAL: WRITE
        | {"verify", "return", "resubmit", "approve", "reject", "accept", "refuse", "extend", "deny_extension"}
        | {"freeze", "unfreeze", "reassign", "reclassify"},
    },
    "column-mappings": {
        Role.PER_MU: KEEP | {"every_office"},
        **dict.fromkeys((Role.PARK, Role.TOWN, Role.REPORTER, Role.NATURAL, Role.EVALUATOR), KEEP),
    },
    "towns": {Role.PER_MU: WRITE},
    "industries": {Role.PER_MU: WRITE},
    "industry-chains": {Role.PER_MU: WRITE},
    "assessment-schemes": {Role.EVALUATOR: WRITE},
    "assessment-groups": {Role.EVALUATOR: WRITE},
    "assessment-units": {Role.EVALUATOR: WRITE},
    "assessment-indicators": {Role.EVALUATOR: WRITE},
    "assessment-targets": {Role.EVALUATOR: WRITE},
    "assessment-rounds": {
        Role.EVALUATOR: frozenset(
            {"add", "change", "archive", "open", "submit", "return", "score", "recheck", "reopen", "publish", "correct", "file"}
        ),
        Role.SUPERVISOR: frozenset({"return", "score"}),
        Role.APPROVER: frozenset({"approve", "reopen"}),
    },
    "plan-table-1": {Role.PER_MU: WRITE},
    "plan-table-2": {Role.PER_MU: WRITE},
    "plan-table-3": {Role.PER_MU: WRITE},
    "plan-table-4": {Role.PER_MU: WRITE},
    "plan-table-5": {Role.PER_MU: WRITE},
    "plan-table-6": {Role.PER_MU: WRITE},
    "plan-table-7": {Role.PER_MU: WRITE},
    "grading": {Role.PER_MU: frozenset({"run", "read"}), Role.PARK: frozenset({"read"}), Role.TOWN: frozenset({"read"})},
    "reconciliation": {
        Role.PER_MU: frozenset({"read", "remind"}),
        **dict.fromkeys((Role.PARK, Role.TOWN, Role.REPORTER, Role.NATURAL), frozenset({"read"})),
    },
    "assessments": {
        Role.EVALUATOR: frozenset({"fill", "run", "read"}),
        Role.SUPERVISOR: frozenset({"read"}),
        Role.APPROVER: frozenset({"read"}),
        Role.LEADER: frozenset({"read"}),
        Role.CHIEF_OF_CHIEFS: frozenset({"read"}),
    },
    "nine-ones": {Role.CHAIN_OFFICE: WRITE},
    "instructions": {
        **dict.fromkeys((Role.PER_MU, Role.PARK, Role.TOWN, Role.REPORTER, Role.NATURAL, Role.EVALUATOR, Role.SUPERVISOR), ANSWER),
        Role.CHAIN_CHIEF: GIVE,
        Role.CHIEF_OF_CHIEFS: GIVE,
        Role.CHAIN_OFFICE: FILL | ANSWER | {"close", "archive"},
    },
    "people": {
        Role.SYSTEM_ADMIN: frozenset({"propose", "read"}),
        Role.SECURITY_ADMIN: frozenset({"grant", "read", "review"}),
        Role.AUDIT_ADMIN: frozenset({"read", "review"}),
    },
    "jobs": {Role.SYSTEM_ADMIN: frozenset({"watch"}), Role.AUDIT_ADMIN: frozenset({"watch"})},
    "journal": {Role.AUDIT_ADMIN: frozenset({"read"})},
    "alarms": dict.fromkeys((Role.SECURITY_ADMIN, Role.AUDIT_ADMIN), frozenset({"read", "handle"})),
}

# Who is shown a ledger's sensitive fields (Ledger.sensitive): whoever keeps them, and whoever calls on the firm. To everybody
# else who sees the rows they are named and not shown.
SENSITIVE = {
    "enterprises": {Role.PER_MU, Role.PARK, Role.TOWN, Role.CHAIN_CHIEF, Role.CHAIN_OFFICE},
}

# What the yearly review reads (manage.py rights_matrix); a ledger is called by its own name, a move by its own label.
SUBJECTS = {
    "jobs": "后台作业",
    "grading": "亩均评价",
    "reconciliation": "数据核对",
    "assessments": "季度评比",
    "people": "人员与岗位",
    "journal": "操作日志",
    "alarms": "异常告警",
}
ACTS = {
    "add": "新增",
    "change": "修改",
    "archive": "归档、恢复",
    "import": "导入",
    "read": "查看",
    "run": "运算",
    "remind": "提醒各单位",
    "fill": "填报",
    "propose": "登记人员",
    "grant": "授予岗位",
    "review": "导出权限清单",
    "open": "开启",
    "every_office": "查看各单位的",
    "watch": "查看全部作业",
    "handle": "处理",
}


def roles_that_may(act, subject):
    """Return the roles that may do `act` on `subject`."""
    return {role for role, acts in RIGHTS.get(subject, {}).items() if act in acts}


def may(role, act, subject):
    """Say whether `role` may do `act` on `subject`; deny by default."""
    return act in RIGHTS.get(subject, {}).get(role, frozenset())
