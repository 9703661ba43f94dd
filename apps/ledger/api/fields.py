"""Fields the API has beside REST framework's: references that end at the scope, computed figures."""

from rest_framework import serializers

from apps.core.numbers import half_up
from apps.ledger import registry, workflow

NOT_THERE = "不存在或不在您的范围内。"


class Reference(serializers.RelatedField):
    """A foreign key: read as {"id", "label" and the key people know}, written as the id or, as text, that key.

    What may be referred to is what the page's form offers this person.
    """

    default_error_messages = {"kind": "应填写记录的编号（整数）{alternative}。"}

    @property
    def key(self):
        """The field by which people name a record of the target, None where it has none."""
        ledger = registry.of_model(self.queryset.model) if self.queryset is not None else None
        return ledger.lookup if ledger and ledger.lookup != "pk" else None

    def to_representation(self, record):
        ledger = registry.of_model(type(record))
        shown = {"id": record.pk, "label": str(record)}
        return shown if ledger is None or ledger.lookup == "pk" else shown | {ledger.lookup: getattr(record, ledger.lookup)}

    def to_internal_value(self, data):
        if isinstance(data, int) and not isinstance(data, bool):
            wanted = {"pk": data}
        elif isinstance(data, str) and self.key and "\0" not in data:
            wanted = {self.key: data.strip()}
        else:
            self.fail("kind", alternative=f"或 {self.key}（文字）" if self.key else "")
        found = self.parent.offered(self.field_name).filter(**wanted).first()
        if found is None:
            raise serializers.ValidationError(self.parent.form.not_offered.get(self.field_name, NOT_THERE))
        return found


class MeasureField(serializers.Field):
    """What a list computes from the row, rounded for display as on the page; text, null for no data."""

    def __init__(self, measure):
        super().__init__(read_only=True, source="*", label=measure.title, help_text=measure.title)
        self.measure = measure

    def to_representation(self, record):
        value = half_up(self.measure.of_row(record), self.measure.places)
        return None if value is None else f"{value:f}"


class MovesField(serializers.Field):
    """The moves this person can make with the row now: what each asks for and what stands in its way."""

    def __init__(self):
        super().__init__(read_only=True, source="*", label="可办理", help_text="您现在可以办理的事项；只在单条记录的应答中给出")

    def to_representation(self, record):
        return [self._offered(choice) for choice in workflow.choices(record, self.context["user"])]

    @staticmethod
    def _offered(choice):
        move = choice.move
        barriers = [f"缺少：{name}" for name in choice.lacking] + ([choice.barred] if choice.barred else [])
        return {"code": move.code, "label": move.label, "asks": list(move.asks), "comment": move.comment, "barriers": barriers}
