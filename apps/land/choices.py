from django.db import models


class LandClass(models.TextChoices):
    """The five classes of land to be handled (五类处置对象, plan §6.5; domain 2.2)."""

    UNSUPPLIED = "unsupplied", "批而未供"
    UNUSED = "unused", "供而未用"
    UNFINISHED = "unfinished", "用而未尽"
    NOT_PRODUCING = "not_producing", "建而未投"
    BELOW_STANDARD = "below_standard", "投而未达标"


class Boundary(models.TextChoices):
    """Where the land lies to the boundary of urban development (城镇开发边界, domain 2.5)."""

    INSIDE = "inside", "开发边界内"
    OUTSIDE = "outside", "开发边界外"


class SupplyWay(models.TextChoices):
    """How the land was supplied (供地方式, the national form of supply results, domain 2.5)."""

    ALLOCATION = "allocation", "划拨"
    TENDER = "tender", "招标"
    AUCTION = "auction", "拍卖"
    LISTING = "listing", "挂牌出让"
    AGREEMENT = "agreement", "协议"


class Construction(models.TextChoices):
    """How far it is built (建设进度, domain 2.5)."""

    NOT_STARTED = "not_started", "未开工"
    UNDER_WAY = "under_way", "在建"
    BUILT = "built", "建成"


class Cause(models.TextChoices):
    """Why the land lies (成因, domain 2.5)."""

    GOVERNMENT = "government", "政府原因"
    ENTERPRISE = "enterprise", "企业原因"
    PLANNING = "planning", "规划调整"
    CLEARANCE = "clearance", "征迁"
    FUNDS = "funds", "资金"
    MARKET = "market", "市场"
    SEIZURE = "seizure", "司法查封"
    OTHER = "other", "其他"


class Disposal(models.TextChoices):
    """What is done about it (处置方式, domain 2.4). Which ones fit a class: `rules.DISPOSALS`."""

    SUPPLY = "supply", "加快供地"
    COMPLETE_PAPERS = "complete_papers", "完善手续"
    REPLAN = "replan", "调整用途或规划"
    WITHDRAW = "withdraw", "撤批核销"
    TRANSFER_QUOTA = "transfer_quota", "指标调剂"
    RESERVE = "reserve", "转为储备"
    URGE_START = "urge_start", "督促开工"
    EXTEND = "extend", "补充协议延期"
    TAKE_BACK = "take_back", "收回"
    EXCHANGE = "exchange", "置换"
    SPLIT = "split", "分割转让"
    COOPERATE = "cooperate", "合作开发"
    URGE_PRODUCTION = "urge_production", "限期投产"
    UPGRADE = "upgrade", "技术改造"
    MERGE = "merge", "兼并重组"
    LET_OR_SELL = "let_or_sell", "出租或转让"
    BUY_BACK = "buy_back", "政府回购"
    CLOSE = "close", "退出"


class CaseState(models.TextChoices):
    """The way of a case (domain 2.5). Overdue is computed from the deadline, never set."""

    DRAFT = "draft", "登记"
    RETURNED = "returned", "退回"
    VERIFIED = "verified", "核实"
    PLANNED = "planned", "定方案"
    APPROVED = "approved", "方案已批"
    IN_PROGRESS = "in_progress", "处置中"
    EXTENSION = "extension", "延期申请"
    TO_ACCEPT = "to_accept", "待验收"
    CLOSED = "closed", "已销号"
    FROZEN = "frozen", "司法冻结"
