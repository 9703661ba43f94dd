from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from apps.accounts.choices import Role
from apps.accounts.models import Organisation, Post
from apps.chains import rules
from apps.chains.choices import InstructionSource, InstructionState, ItemState, Urgency
from apps.chains.workflow import INSTRUCTION
from apps.core import clock
from apps.enterprises.models import YEARS
from apps.ledger.clocks import Clock, Light
from apps.ledger.models import LedgerModel
from apps.ledger.series import Series
from apps.ledger.settled import Settled
from apps.platforms.models import Industry

NUMBERS = Series("JB")  # 交办


class Chain(LedgerModel):
    """The chain of one industry (产业链链长制, plan §7.1). Chief, office and specialist are posts in that industry."""

    scope_paths = {"industry": "industry"}

    industry = models.OneToOneField(Industry, models.PROTECT, verbose_name="产业", related_name="chain")
    name = models.CharField("名称", max_length=30, unique=True)
    branches = models.CharField("重点子链", max_length=60, blank=True, help_text="如“氢健康、短途交通”（规划附件）。")
    chief_title = models.CharField("链长职务", max_length=30, blank=True, help_text="规划 §7.1 写明的职务；未写明的不填。")
    specialist = models.ForeignKey(
        Post, models.PROTECT, verbose_name="指导专员", related_name="+", null=True, blank=True, help_text="本链链办的一个岗位。"
    )

    class Meta:
        verbose_name = verbose_name_plural = "产业链"
        ordering = ["industry__sort", "industry__code"]

    def __str__(self):
        return self.name

    def clean(self):
        post = self.specialist
        if post and (post.role != Role.CHAIN_OFFICE or post.industry_id != self.industry_id):
            raise ValidationError({"specialist": "指导专员应是本产业链办的岗位。"})


class NineOnesItem(LedgerModel):
    """One of a chain's nine ones (九个一) in a year. Titles are rows, not constants: each chain and year may differ.

    What is to be done (`listed`) belongs to the list and is settled once the item is begun: an office does not move the mark
    it is measured by. The other fields are its progress.
    """

    scope_paths = {"industry": "chain__industry"}
    listed = ("chain", "year", "number", "title", "done_when")
    settled = (Settled(listed, ~models.Q(state=ItemState.NOT_STARTED), "已启动", "确需更改的，请先把“进展”改回“未启动”并写明修改说明"),)

    chain = models.ForeignKey(Chain, models.PROTECT, verbose_name="产业链", related_name="items")
    year = models.PositiveSmallIntegerField("年度", validators=YEARS)
    number = models.PositiveSmallIntegerField("序号", validators=[MinValueValidator(1, "序号从 1 开始。")])
    title = models.CharField("事项", max_length=40)
    done_when = models.CharField("完成标志", max_length=60)
    state = models.CharField("进展", max_length=10, choices=ItemState, default=ItemState.NOT_STARTED)
    due = models.DateField("完成时限", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)
    document_number = models.CharField(
        "文号",
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^[\u4e00-\u9fa5]+〔\d{4}〕\d+号$", "应写成“缙经商〔2021〕1号”的样子。")],
    )
    evidence = models.CharField("进展与佐证", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "九个一"
        ordering = ["chain", "-year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["chain", "year", "number"], name="one_nine_ones_item", violation_error_message="该产业链该年度已有这一序号的事项。"
            ),
            models.CheckConstraint(condition=models.Q(state__in=ItemState.values), name="nine_ones_state"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="nine_ones_number"),
            models.CheckConstraint(condition=models.Q(year__range=(clock.FIRST_YEAR, clock.LAST_YEAR)), name="nine_ones_year"),
            models.CheckConstraint(
                condition=~models.Q(state=ItemState.DONE) | (models.Q(done_on__isnull=False) & ~models.Q(evidence="")),
                name="nine_ones_done",
                violation_error_message="标记为已完成，须填写完成日期和佐证。",
            ),
        ]

    def __str__(self):
        return f"{self.chain} {self.year}年 {self.title}"

    def clean(self):
        if self.done_on and self.done_on > clock.today():
            raise ValidationError({"done_on": "完成日期不能晚于今天。"})

    @property
    def is_done(self):
        return self.state == ItemState.DONE

    @property
    def light(self):
        """The light of the item with its reason in words: how far it is, not how near its day."""
        colour = rules.item_light(self.state, self.due, clock.today())
        return Light(colour, "已逾期" if colour == rules.RED else self.get_state_display())

    @property
    def reminder(self):
        """What is said of an overdue item to whoever keeps the list."""
        late = (clock.today() - self.due).days
        return f"九个一 {self}（{self.get_state_display()}），时限{self.due:%Y-%m-%d}，逾期{late}天。"


class Instruction(LedgerModel):
    """What a chain chief asks a unit to do by a day (链长批示、交办, domain 3.3)."""

    scope_paths = {"industry": "chain__industry", "organisation": "unit"}
    workflow = INSTRUCTION
    clock = Clock("deadline", working=True, near=3, marks=(5, 1))

    number = models.CharField("编号", max_length=20, unique=True, blank=True, help_text="不填则自动编号。")
    chain = models.ForeignKey(Chain, models.PROTECT, verbose_name="产业链", related_name="instructions")
    state = models.CharField("状态", max_length=10, choices=InstructionState, default=InstructionState.DRAFT, editable=False)
    source = models.CharField("来源", max_length=10, choices=InstructionSource, default=InstructionSource.OTHER)
    urgency = models.CharField("缓急", max_length=10, choices=Urgency, default=Urgency.NORMAL)
    text = models.CharField("交办内容", max_length=500)
    unit = models.ForeignKey(Organisation, models.PROTECT, verbose_name="责任单位", related_name="instructions", null=True, blank=True)
    helpers = models.CharField("配合单位", max_length=100, blank=True)
    deadline = models.DateField("办理时限", null=True, blank=True)
    given_on = models.DateField("交办日期", null=True, blank=True, editable=False)
    progress = models.CharField("进展", max_length=1000, blank=True)
    feedback = models.CharField("办理结果", max_length=1000, blank=True)
    extension_to = models.DateField("申请延期至", null=True, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True, editable=False)

    derived_fields = ("number",)

    class Meta:
        verbose_name = verbose_name_plural = "链长交办"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=InstructionState.values), name="instruction_state"),
            models.CheckConstraint(condition=models.Q(source__in=InstructionSource.values), name="instruction_source"),
            models.CheckConstraint(condition=models.Q(urgency__in=Urgency.values), name="instruction_urgency"),
        ]

    def __str__(self):
        return f"{self.number} {self.text[:20]}"

    def derive(self):
        """Number a new instruction through the year: JB2021-0001; two at the same moment the database keeps apart."""
        self.number = self.number or NUMBERS.next(type(self), clock.today().year)

    def clean(self):
        if faults := self.deadline_faults() | NUMBERS.faults(self):
            raise ValidationError(faults)
