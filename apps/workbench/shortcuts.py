"""What each post comes for: one table of shortcuts."""

from dataclasses import dataclass

from django.urls import reverse

from apps.accounts.choices import Role


@dataclass(frozen=True)
class Shortcut:
    label: str
    hint: str
    url_name: str
    args: tuple = ()

    @property
    def url(self):
        return reverse(self.url_name, args=self.args)


ENTERPRISES = Shortcut("企业台账", "查找、修改、导入企业", "ledger:list", ("enterprises",))
YEARLY = Shortcut("导入年度数据", "税收、产值、能耗等年度表", "exchange:upload", ("enterprise-facts",))
MONTHLY = Shortcut("导入月度累计", "规上企业月度累计表", "exchange:upload", ("monthly-facts",))
LAND = Shortcut("用地占用", "自有、承租、出租", "ledger:list", ("land-occupation",))
PARCELS = Shortcut("宗地", "一地一册的底册", "ledger:list", ("parcels",))
GRADES = Shortcut("亩均评价", "分布、等级和每家企业的算法", "grading:overview")
CHAINS = Shortcut("产业链", "目标、九个一、企业", "chains:list")
ROUNDS = Shortcut("季度评比", "计分、排名、导出签字表", "assessments:list")
CHECK = Shortcut("规划体检", "规划数字逐项核对", "plan:check")
TABLES = Shortcut("表1、表2对照", "台账与规划印刷数并列", "plan:tables")
PEOPLE = Shortcut("人员与岗位", "账号、岗位、任期", "accounts:people")
ALARMS = Shortcut("异常告警", "多次被拒、非常时间登录、大量导出", "accounts:alarms")
JOURNAL = Shortcut("操作日志", "谁在何时做了什么", "journal:list")

SHORTCUTS = {
    Role.SYSTEM_ADMIN: [PEOPLE],
    Role.SECURITY_ADMIN: [PEOPLE, ALARMS],
    Role.AUDIT_ADMIN: [JOURNAL, ALARMS, PEOPLE],
    Role.PER_MU: [YEARLY, GRADES, ENTERPRISES, LAND],
    Role.PARK: [ENTERPRISES, PARCELS, LAND, GRADES],
    Role.TOWN: [ENTERPRISES, LAND, GRADES],
    Role.REPORTER: [YEARLY, MONTHLY],
    Role.NATURAL: [PARCELS, LAND],
    Role.CHAIN_CHIEF: [CHAINS],
    Role.CHIEF_OF_CHIEFS: [CHAINS, TABLES],
    Role.CHAIN_OFFICE: [CHAINS, ENTERPRISES],
    Role.EVALUATOR: [ROUNDS, TABLES],
    Role.SUPERVISOR: [ROUNDS, CHAINS],
    Role.APPROVER: [ROUNDS, TABLES, CHECK],
    Role.LEADER: [CHAINS, TABLES, CHECK],
}


def shortcuts_of(user):
    """Return the shortcuts of the acting post; none without a post."""
    return SHORTCUTS.get(user.role, [])
