from django.db import models


class Role(models.TextChoices):
    """What a post lets a person do. The first three exclude each other and every business role (三员分立)."""

    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"
    PER_MU = "per_mu", "亩均办"
    PARK = "park", "园区管理员"
    TOWN = "town", "乡镇街道"
    REPORTER = "reporter", "部门报送员"
    NATURAL = "natural", "自然资源和规划局"
    CHAIN_CHIEF = "chain_chief", "链长"
    CHIEF_OF_CHIEFS = "chief_of_chiefs", "总链长"
    CHAIN_OFFICE = "chain_office", "链办"
    EVALUATOR = "evaluator", "考核办"
    SUPERVISOR = "supervisor", "督查室"
    APPROVER = "approver", "领导小组"
    LEADER = "leader", "县领导"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


class AlarmKind(models.TextChoices):
    """What makes somebody look (reliability.md G7)."""

    REFUSALS = "refusals", "短时多次被拒"
    ODD_HOUR = "odd_hour", "非办公时间登录"
    MASS_EXPORT = "mass_export", "大量导出"
    WRONG_CODES = "wrong_codes", "验证码多次不对"
    TAKEN_OVER = "taken_over", "密码和二次验证一并重置"


class DataItem(models.TextChoices):
    """A group of figures one department is responsible for."""

    TAX = "tax", "税收"
    STATISTICS = "statistics", "统计"
    POWER = "power", "用电用能"
    ENVIRONMENT = "environment", "排放"
    RESEARCH = "research", "研发"
    CHECK = "check", "审核"
