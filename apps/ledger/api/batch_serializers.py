"""What a bulk edit is asked and answered, and the batches people wrote; values are parsed as those of a row."""

from functools import cache, cached_property

from django.core.exceptions import ValidationError
from rest_framework import serializers

from apps.ledger import bulk
from apps.ledger.api.fields import NOT_THERE
from apps.ledger.api.serializers import RowSerializer, Strict, build
from apps.ledger.forms import judge


class ValuesSerializer(RowSerializer):
    """Fields of the ledger that may be set for many rows at once; what is not given stays as it is."""

    label = reason = None

    def get_fields(self):
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields

    @property
    def own(self):
        user = self.context.get("user")
        return self.ledger.bulk if user is None else self.ledger.settable(user)

    @cached_property
    def form(self):
        user = self.context["user"]
        return self.ledger.form_class(user)(user=user)

    def why_not(self, name):
        return "这一项不能批量修改。"

    def validate(self, values):
        if not values:
            raise serializers.ValidationError("请给出要修改的项目。")
        faults = {}
        for name, value in values.items():
            try:
                judge(self.ledger.model, name, value)
            except ValidationError as error:
                faults[name] = error.messages
        if faults:
            raise serializers.ValidationError(faults)
        return values


class SelectionSerializer(Strict, serializers.Serializer):
    """Which rows are to get the values: named ones, or all that a filter finds."""

    filter = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False, help_text="查询参数，与列表相同：筛选出的全部记录；与 ids 二者选一"
    )
    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False, allow_empty=False, max_length=bulk.MOST, help_text="记录的 id；与 filter 二者选一"
    )  # fmt: skip

    def validate(self, given):
        if ("filter" in given) == ("ids" in given):
            raise serializers.ValidationError("请用 filter 或 ids 之一指明要修改的记录。")
        return given


class VersionSerializer(Strict, serializers.Serializer):
    """A row as it was looked at."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="预览时的版本")


class WriteSerializer(Strict, serializers.Serializer):
    """The rows of a preview with their versions, and why they are changed."""

    rows = VersionSerializer(many=True, allow_empty=False, max_length=bulk.MOST, help_text="预览所列的记录及其版本")
    reason = serializers.CharField(max_length=200, label="原因", help_text="原因，记入历史")

    def validate_rows(self, rows):
        if len({row["id"] for row in rows}) < len(rows):
            raise serializers.ValidationError("同一条记录只能出现一次。")
        return rows


class WordsSerializer(serializers.Serializer):
    """One field before and after, in words as on the page."""

    label = serializers.CharField(help_text="项目")
    before = serializers.CharField(help_text="现值")
    after = serializers.CharField(help_text="新值")


class ChangeSerializer(serializers.Serializer):
    """What would become of one row."""

    id = serializers.IntegerField()
    label = serializers.CharField(help_text="记录的称呼")
    version = serializers.IntegerField(help_text="版本")
    changes = WordsSerializer(many=True, help_text="改动的项目")


class LeftOutSerializer(serializers.Serializer):
    """A row that stays as it is."""

    id = serializers.IntegerField()
    label = serializers.CharField(help_text="记录的称呼")
    why = serializers.CharField(help_text="不修改的原因")


class PlanSerializer(serializers.Serializer):
    """What a bulk edit would do; nothing is written."""

    rows = ChangeSerializer(many=True, help_text="将要修改的记录")
    left_out = LeftOutSerializer(many=True, help_text="不修改的记录")


class BatchSerializer(serializers.Serializer):
    """A batch: who wrote many rows at once, when and why."""

    id = serializers.UUIDField(help_text="批次编号")
    kind = serializers.CharField(help_text="类别：import 导入、bulk 批量修改、undo 撤销批次")
    reason = serializers.CharField(help_text="原因")
    new = serializers.IntegerField(help_text="新增条数")
    changed = serializers.IntegerField(help_text="修改条数")
    at = serializers.DateTimeField(help_text="时间")
    by = serializers.SerializerMethodField(help_text="人员")
    post = serializers.CharField(help_text="身份")
    undone_by = serializers.UUIDField(source="undone_by_id", allow_null=True, help_text="撤销它的批次；没有撤销的为空")

    def get_by(self, batch) -> str:
        return str(batch.user)


class OneBatchSerializer(BatchSerializer):
    """A batch, and whether this person can take it back now."""

    may_undo = serializers.BooleanField(help_text="您的岗位可以撤销，且尚未撤销")
    in_the_way = serializers.ListField(child=serializers.CharField(), help_text="妨碍撤销的情况")


def plan_of(made, missing=()):
    """Return a plan as plain data for a script.  missing: keys that were asked for and are not there for this person."""
    rows = [
        {
            "id": record.pk,
            "label": str(record),
            "version": record.version,
            "changes": [dict(zip(("label", "before", "after"), words, strict=True)) for words in changes],
        }
        for record, _, changes in made.changes
    ]
    return {"rows": rows, "left_out": bulk.described(made.left_out) + [{"id": key, "label": "", "why": NOT_THERE} for key in missing]}


@cache
def selection_serializer_of(ledger):
    """Return the serializer class of the question what a bulk edit of the ledger would do."""
    return _with_values(ledger, SelectionSerializer)


@cache
def write_serializer_of(ledger):
    """Return the serializer class of a bulk edit of the ledger."""
    return _with_values(ledger, WriteSerializer)


@cache
def values_serializer_of(ledger):
    """Return the serializer class of what may be set for many rows of the ledger."""
    return build(ledger, ValuesSerializer, list(ledger.bulk), ledger.bulk)


def _with_values(ledger, base):
    body = {"values": values_serializer_of(ledger)(label="新的值", help_text="项目及其新的值，写法与修改单条记录相同")}
    return type(f"{ledger.model.__name__}Bulk{base.__name__}", (base,), body)
