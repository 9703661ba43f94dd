from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from apps.accounts.models import Organisation
from apps.core import clock
from apps.core.fields import QuantityField
from apps.land import rules
from apps.land.choices import Boundary, CaseState, Cause, Construction, Disposal, LandClass, SupplyWay
from apps.land.workflow import DISPOSAL
from apps.ledger.checks import refuse_rows
from apps.ledger.clocks import Clock
from apps.ledger.models import LedgerModel
from apps.platforms.models import Block, Parcel

NOT_NEGATIVE = [MinValueValidator(0, "不能小于 0。")]


def one_of(name, choices, *others):
    return models.CheckConstraint(condition=models.Q(**{f"{name}__in": [*others, *choices.values]}), name=f"case_{name}")


class LandCase(LedgerModel):
    """One parcel to be handled, one book (一地一册, plan §6.5): what it is, why it lies, what is done, until when."""

    scope_paths = {"platform": "parcel__platform", "town": "parcel__town", "organisation": "responsible"}
    workflow = DISPOSAL
    clock = Clock("deadline")
    locks_first = "parcel"

    number = models.CharField(
        "台账编号",
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^JY-\d{4}-[A-Z]{2,4}-\d{4}$", "应写成 JY-2021-LJ-0001 的样子。")],
    )
    land_class = models.CharField("类别", max_length=20, choices=LandClass)
    state = models.CharField("状态", max_length=20, choices=CaseState, default=CaseState.DRAFT, editable=False)
    parcel = models.ForeignKey(Parcel, models.PROTECT, verbose_name="宗地", related_name="cases")
    area = QuantityField("待处置面积", unit="亩", decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"), "面积必须大于 0。")])
    electronic_number = models.CharField("电子监管号", max_length=20, blank=True)
    contract_number = models.CharField("合同或划拨决定书编号", max_length=60, blank=True)
    block = models.ForeignKey(Block, models.PROTECT, verbose_name="所在区块", related_name="cases", null=True, blank=True)
    bounds = models.CharField("四至", max_length=300, blank=True, help_text="东、南、西、北各至何处。")

    approved_by = models.CharField("批准机关", max_length=60, blank=True)
    approval_number = models.CharField("批准文号", max_length=60, blank=True)
    batch_name = models.CharField("批次名称", max_length=80, blank=True)
    approved_on = models.DateField("批准时间", null=True, blank=True)
    approved_area = QuantityField("批准面积", unit="亩", decimal_places=4, validators=NOT_NEGATIVE)
    farmland_area = QuantityField("其中耕地", unit="亩", decimal_places=4, validators=NOT_NEGATIVE)
    basic_farmland_area = QuantityField("其中永久基本农田", unit="亩", decimal_places=4, validators=NOT_NEGATIVE)
    supplied_area = QuantityField("已供面积", unit="亩", decimal_places=4, validators=NOT_NEGATIVE)
    planned_use = models.CharField("规划用途", max_length=60, blank=True)
    plan_source = models.CharField("规划依据", max_length=120, blank=True)
    boundary = models.CharField("城镇开发边界", max_length=20, choices=Boundary, blank=True)
    supply_way = models.CharField("供地方式", max_length=20, choices=SupplyWay, blank=True)
    holder = models.CharField("土地使用权人", max_length=80, blank=True)
    contract_on = models.DateField("合同签订日期", null=True, blank=True)
    term = models.PositiveSmallIntegerField("使用年限", null=True, blank=True, validators=[MaxValueValidator(70, "不能超过 70 年。")])
    price = QuantityField("成交价格", unit="万元", validators=NOT_NEGATIVE)
    agreed_handover = models.DateField("约定交地时间", null=True, blank=True)
    agreed_start = models.DateField("约定开工时间", null=True, blank=True)
    agreed_completion = models.DateField("约定竣工时间", null=True, blank=True)

    construction = models.CharField("建设进度", max_length=20, choices=Construction, blank=True)
    actual_start = models.DateField("实际开工时间", null=True, blank=True)
    actual_completion = models.DateField("实际竣工时间", null=True, blank=True)
    floor_area = QuantityField("总建筑面积", unit="平方米", validators=NOT_NEGATIVE)
    actual_user = models.CharField("实际使用单位", max_length=80, blank=True)

    cause = models.CharField("成因", max_length=20, choices=Cause, blank=True)
    cause_text = models.CharField("成因说明", max_length=300, blank=True)

    disposal = models.CharField("处置方式", max_length=20, choices=Disposal, blank=True)
    plan_text = models.CharField("处置方案", max_length=1000, blank=True)
    responsible = models.ForeignKey(Organisation, models.PROTECT, verbose_name="责任单位", related_name="land_cases", null=True, blank=True)
    leader = models.CharField("责任领导", max_length=30, blank=True)
    helpers = models.CharField("配合单位", max_length=120, blank=True)
    milestones = models.CharField("节点安排", max_length=500, blank=True)
    deadline = models.DateField("处置时限", null=True, blank=True)
    plan_number = models.CharField("方案批复文号", max_length=60, blank=True)
    extension_to = models.DateField("申请延期至", null=True, blank=True)
    progress = models.CharField("进展", max_length=1000, blank=True)

    disposed_area = QuantityField("已处置面积", unit="亩", decimal_places=4, validators=NOT_NEGATIVE)
    disposed_on = models.DateField("处置完成日期", null=True, blank=True)
    result = models.CharField("处置结果", max_length=300, blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "土地处置"
        ordering = ["number"]
        constraints = [
            one_of("land_class", LandClass),
            one_of("state", CaseState),
            one_of("cause", Cause, ""),
            one_of("disposal", Disposal, ""),
            one_of("boundary", Boundary, ""),
            one_of("supply_way", SupplyWay, ""),
            one_of("construction", Construction, ""),
            models.CheckConstraint(condition=models.Q(area__gt=0), name="case_area_positive"),
        ]

    def __str__(self):
        return f"{self.number} {self.parcel.name}" if self.parcel_id else self.number

    def clean(self):
        faults = rules.area_faults(self.approved_area, self.supplied_area, self.farmland_area, self.basic_farmland_area)
        faults |= rules.parcel_faults(self.parcel.area if self.parcel_id else None, self.area, self.disposed_area)
        faults |= rules.order_faults(self.agreed_handover, self.agreed_start, self.agreed_completion)
        faults |= rules.building_faults(self.construction, self.actual_start, self.actual_completion)
        if not rules.fits(self.land_class, self.disposal):
            fitting = "、".join(Disposal(code).label for code in rules.DISPOSALS[self.land_class])
            faults["disposal"] = f"不适用于{self.get_land_class_display()}；可选：{fitting}。"
        today = clock.today()
        faults |= self.deadline_faults() | {
            name: "不能晚于今天。"
            for name in ("approved_on", "contract_on", "actual_start", "actual_completion", "disposed_on")
            if getattr(self, name) is not None and getattr(self, name) > today
        }
        if faults:
            raise ValidationError(faults)

    @classmethod
    def check_written(cls, records):
        """Ask the parcel again, now that it is locked, where this write touched what is measured against it.

        A sheet was judged before it is written. What lies untouched the parcel's own rule keeps (`check_parcels`).
        """
        areas = dict(Parcel.objects.filter(pk__among={record.parcel_id for record in records}).values_list("pk", "area"))
        refuse_rows(
            (record, name, sentence)
            for record in records
            if record.state not in DISPOSAL.closed and not record.archived_at
            for name, sentence in rules.parcel_faults(areas[record.parcel_id], record.area, record.disposed_area).items()
            if not record._was_so(name)
        )

    def _was_so(self, name):
        """Say whether a case that was just written lay with this value on this parcel, in the ledger, before."""
        former = self.history.filter(version=self.version - 1).first()
        return former is not None and all(getattr(former, held) == getattr(self, held) for held in ("parcel_id", "archived_at", name))


def check_parcels(records):
    """Refuse to cut a parcel below an open case on it, which could never move again (registered in apps.py)."""
    areas = {record.pk: record for record in records}
    cases = LandCase.objects.live().exclude(state__in=DISPOSAL.closed).filter(parcel__in=areas).order_by("number")
    refuse_rows((areas[case.parcel_id], "area", _too_small(areas[case.parcel_id].area, case)) for case in cases)


def _too_small(parcel, case):
    """Return why a parcel of this area (亩) is too small for a case, None where it is not."""
    if not rules.parcel_faults(parcel, case.area, case.disposed_area):
        return None
    most = max(case.area, case.disposed_area or 0)
    return (
        f"土地处置 {case.number}（{case.state_label}）占本宗地 {most.normalize():f} 亩，宗地面积不能小于它；"
        "请核对宗地面积，或先将该案退回补正、改小面积，或待其销号后再改。"
    )
