"""The serializer of a ledger, built from its declaration; it parses, the write path checks."""

from collections.abc import Mapping
from functools import cache, cached_property

from rest_framework import serializers

from apps.ledger import registry
from apps.ledger.api.fields import MeasureField, Reference
from apps.ledger.fields import label_of

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
        user = self.context.get("user")
        own = self.ledger.fields if user is None else self.ledger.writable(user)
        for name in set(self.ledger.fields) - set(own):
            fields[name].read_only, fields[name].required = True, False
        return fields

    @cached_property
    def form(self):
        """The page's form of this row for this person: its choices are the scope of every reference."""
        user = self.context["user"]
        return self.ledger.form_class(user)(instance=self.instance or self.ledger.model(), user=user)

    def offered(self, name):
        """Return the rows the reference `name` may point at."""
        return self.form.fields[name].queryset

    def why_not(self, name):
        return "您的岗位不能填报这一项。" if name in self.ledger.fields else super().why_not(name)


@cache
def serializer_of(ledger):
    """Return the serializer class of a ledger: its fields, its measures, what the kit keeps."""
    measures = {entry.code: MeasureField(entry) for entry in ledger.columns if not isinstance(entry, str) and entry.code not in ledger.fields}
    written = [ledger.model._meta.get_field(name) for name in ledger.fields]
    about = {name: _about(ledger.model._meta.get_field(name)) for name in [*ledger.fields, *KEPT]}
    names = ["id", "label", *ledger.fields, *measures, *KEPT, "reason"]
    meta = type("Meta", (), {"model": ledger.model, "fields": names, "extra_kwargs": about, "validators": []})
    body = {"ledger": ledger, "joins": _joins(ledger, written), "Meta": meta, **measures}
    return type(f"{ledger.model.__name__}Serializer", (RowSerializer,), body)


def _joins(ledger, fields):
    """Return what the rows are read with: every reference, and for one that is no ledger's row what it names itself by."""
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
