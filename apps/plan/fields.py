"""A cell of a table of the plan: the text as printed, never a number to calculate with."""

from django.core.validators import RegexValidator
from django.db import models

NUMBER = RegexValidator(r"^(-?\d+(\.\d+)?|—)$", "应照规划印出的数填写，如 126.6；规划印“—”的写“—”。")


class PrintedField(models.CharField):
    """A figure of the plan as printed, in the unit of its column; empty where the plan prints nothing."""

    is_figure = True  # its column is aligned as numbers are
    default_validators = [NUMBER]

    def __init__(self, verbose_name=None, unit="", **kwargs):
        self.unit = unit
        super().__init__(verbose_name, **{"max_length": 20, "blank": True, **kwargs})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "unit": self.unit}

    @property
    def label(self):
        return f"{self.verbose_name}（{self.unit}）" if self.unit else str(self.verbose_name)
