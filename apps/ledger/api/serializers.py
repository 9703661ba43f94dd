"""The serializer of a ledger, built from its declaration; it parses, the write path checks."""

from collections.abc import Mapping
from functools import cache, cached_property

from django.http import QueryDict
from rest_framework import serializers

from apps.ledger import registry
from apps.ledger.api.fields import MeasureField, MovesField, Reference
from apps.ledger.fields import label_of
from apps.ledger.forms import build_move_form

KEPT = ["version", "origin", "archived_at", "archive_reason", "created_at", "updated_at"]  # by the kit, never from outside


class Strict:
    """A serializer that refuses what it would otherwise silently leave out."""

    def to_internal_value(self, data):
        if isinstance(data, Mapping):
            writable = {field.field_name for field in self._writable_fields}
            wrong = {name[:60]: [self.why_not(name)] for name in data if name not in writable}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def why_not(self, name):
        """Say why `name` cannot be written."""
        return "这一项由系统维护，不能写入。" if name in self.fields else "没有这一项。"


class ReasonSerializer(Strict, serializers.Serializer):
    """Why a row leaves the ledger or comes back; the service asks for it."""

    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=200, label="原因", help_text="归档必填")


class PaperSerializer(serializers.Serializer):
    """What is known of a paper of a record."""

    id = serializers.IntegerField()
    slot = serializers.CharField(help_text="类别代码")
    name = serializers.CharField(source="title", help_text="文件名")
    size = serializers.IntegerField(help_text="大小（字节）")
    sha256 = serializers.CharField(help_text="校验值（SHA-256）")
    at = serializers.DateTimeField(help_text="上传时间")
    by = serializers.SerializerMethodField(help_text="上传人")
    post = serializers.CharField(help_text="身份")
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="撤下时间")
    withdrawn_why = serializers.CharField(help_text="撤下原因")

    def get_by(self, paper) -> str:
        return str(paper.user or "")


class PapersSerializer(serializers.Serializer):
    """Every paper of a record."""

    results = PaperSerializer(many=True, help_text="附件，撤下的也在其中")


class FileSerializer(Strict, serializers.Serializer):
    """A file for a slot; what may be in it the service asks."""

    slots = ()

    file = serializers.FileField(label="文件", help_text="文件", allow_empty_file=True)

    def get_fields(self):
        return super().get_fields() | {"slot": serializers.ChoiceField(self.slots, label="类别", help_text="类别代码")}

    def to_internal_value(self, data):
        doubled = [name for name, values in data.lists() if len(values) > 1] if isinstance(data, QueryDict) else []
        if doubled:
            raise serializers.ValidationError({name[:60]: ["只能给出一次。"] for name in doubled})
        return super().to_internal_value(data)


class EntrySerializer(serializers.Serializer):
    """One entry of a record's history, in words as on the page."""

    at = serializers.DateTimeField(source="entry.history_date", help_text="时间")
    act = serializers.CharField(help_text="登记、修改、办理、归档或恢复")
    by = serializers.SerializerMethodField(help_text="人员")
    post = serializers.CharField(source="entry.post", help_text="身份")
    channel = serializers.CharField(source="entry.channel", help_text="途径")
    reason = serializers.CharField(source="entry.history_change_reason", help_text="说明或原因")
    changes = serializers.SerializerMethodField(help_text="改了哪些项：label、before、after")
    batch = serializers.SerializerMethodField(help_text="所属的批次，您可以查看的才给出")

    def get_by(self, item) -> str:
        return str(item["entry"].history_user or "")

    def get_batch(self, item) -> str | None:
        return str(item["batch"].pk) if item["opens"] else None

    def get_changes(self, item) -> list[dict[str, str]]:
        return [{"label": label, "before": before, "after": after} for label, before, after in item["changes"]]


class RowSerializer(Strict, serializers.ModelSerializer):
    """One row. The context says for whom (`user`); without one, as in the schema, every field is shown as writable."""

    serializer_related_field = Reference
    ledger = None
    joins = ()

    label = serializers.CharField(source="__str__", read_only=True, label="名称", help_text="记录的称呼")
    reason = serializers.CharField(
        write_only=True, required=False, allow_blank=True, max_length=200, label="修改说明", help_text="修改说明，记入历史"
    )

    def get_fields(self):
        fields = super().get_fields()
        if not self.context.get("moves"):
            fields.pop("moves", None)
        for name in set(self.ledger.fields).intersection(fields) - set(self.own):
            fields[name].read_only, fields[name].required = True, False
        for name in self.ledger.hidden_from(self.context.get("user")):
            fields.pop(name, None)
        return fields

    @property
    def own(self):
        """The fields that may be written: by this person, in the state of this row, or in the one a new row begins in."""
        user = self.context.get("user")
        return self.ledger.fields if user is None else self.ledger.writable(user, self.row)

    @property
    def row(self):
        return self.instance if isinstance(self.instance, self.Meta.model) else self.ledger.model()

    @cached_property
    def form(self):
        """The page's form of this row for this person: its choices are the scope of every reference."""
        user, row = self.context["user"], self.row
        return self.ledger.form_class(user, row)(instance=row, user=user)

    def offered(self, name):
        """Return the rows the reference `name` may point at."""
        return self.form.fields[name].queryset

    def why_not(self, name):
        flow = self.ledger.workflow
        where = flow.filled_at(self.row.state, name) if flow and name in self.ledger.fields else ""
        if where:
            return f"这一项在{where}填写。"
        return "您的岗位或当前环节不能填写这一项。" if name in self.ledger.fields else super().why_not(name)


class MoveSerializer(RowSerializer):
    """What one move asks for: its comment and its fields; whether something is missing `apply_move` says."""

    label = reason = None
    move = None

    comment = serializers.CharField(required=False, allow_blank=True, max_length=450, label="意见", help_text="意见或原因")

    @property
    def own(self):
        return self.ledger.fields

    @cached_property
    def form(self):
        user = self.context["user"]
        return build_move_form(self.ledger, self.move)(instance=self.instance, user=user, move=self.move)

    def why_not(self, name):
        return f"“{self.move.label}”不填写这一项。"


@cache
def serializer_of(ledger):
    """Return the serializer class of a ledger: its fields, its measures, what the kit keeps."""
    computed = {
        entry.code: MeasureField(entry) for entry in ledger.columns if not isinstance(entry, str) and entry.code not in ledger.fields
    }
    state = ["state"] if ledger.workflow and "state" not in ledger.fields else []
    computed |= {"moves": MovesField()} if ledger.workflow else {}
    names = ["id", "label", *state, *ledger.fields, *computed, *KEPT, "reason"]
    return build(ledger, RowSerializer, names, [*state, *ledger.fields, *KEPT], joins=_joins(ledger), **computed)


@cache
def move_serializer_of(ledger, code):
    """Return the serializer class of one move of a ledger."""
    move = ledger.workflow.move(code)
    return build(ledger, MoveSerializer, [*move.asks, "comment"], move.asks, move=move)


@cache
def file_serializer_of(ledger):
    """Return the serializer class of a file put into one of the ledger's slots."""
    slots = [(slot.code, slot.label) for slot in ledger.workflow.slots]
    return type(f"{ledger.model.__name__}FileSerializer", (FileSerializer,), {"slots": slots})


def build(ledger, base, names, of_model, **body):
    about = {name: _about(ledger.model._meta.get_field(name)) for name in of_model}
    meta = type("Meta", (), {"model": ledger.model, "fields": names, "extra_kwargs": about, "validators": []})
    what = "".join(part.capitalize() for part in body["move"].code.split("_")) if "move" in body else ""
    return type(f"{ledger.model.__name__}{what}{base.__name__}", (base,), {"ledger": ledger, "Meta": meta, **body})


def _joins(ledger):
    """Return what the rows are read with: every reference, and for one that is no ledger's row what it names itself by."""
    fields = [ledger.model._meta.get_field(name) for name in ledger.fields]
    joins = {*ledger.joins, *(field.name for field in fields if field.is_relation)}
    for field in fields:
        if field.is_relation and registry.of_model(field.related_model) is None:
            joins |= {f"{field.name}__{one.name}" for one in field.related_model._meta.fields if one.is_relation}
    return sorted(joins)


def _about(field):
    """Name a field in Chinese with its unit. The model's own validators are left to the write path, which asks all of them."""
    label = label_of(field)
    words = "。".join(filter(None, (label, str(field.help_text))))
    return {"label": label, "help_text": words, **({"validators": []} if field.editable else {})}
