from django.db import models


class QuantityField(models.DecimalField):
    """A number with a unit, at most 15 digits (SQLite keeps no more). Nullable: no data is not zero."""

    def __init__(self, verbose_name=None, unit="", decimal_places=2, **kwargs):
        self.unit = unit
        kwargs.setdefault("max_digits", 15)
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        super().__init__(verbose_name, decimal_places=decimal_places, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs["unit"] = self.unit
        return name, path, args, kwargs

    @property
    def label(self):
        """The title of a column or a form field: name and unit."""
        return f"{self.verbose_name}（{self.unit}）" if self.unit else str(self.verbose_name)


class Whole(models.Func):
    """A number's field, or the annotation `name` of such a field, as whole numbers of its last decimal place, as the driver hands them out.

    Exact in both databases: with 15 digits the float SQLite keeps lies, multiplied, within a quarter of the whole number.
    """

    output_field = models.BigIntegerField()

    def __init__(self, field, name=""):
        super().__init__(name or field.name, template=f"CAST(ROUND(%(expressions)s * {10 ** places(field)}) AS BIGINT)")

    def get_db_converters(self, connection):
        return []


def places(field):
    """Return how many decimals a number's field has: none where it is a whole number."""
    return getattr(field, "decimal_places", 0)
