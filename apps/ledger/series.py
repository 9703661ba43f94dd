"""Numbers that run through a year (JB2021-0001): their form, and the next one of a year."""

import re
from dataclasses import dataclass
from itertools import count

MOST = 999_999  # a year; who types the last one does not leave the others without a number


@dataclass(frozen=True)
class Series:
    """The numbers a ledger gives its rows: prefix, year, a running number of four digits, of more only where four do not hold it.

    prefix: letters of ASCII.  field: the unique field of the model that holds the number.
    """

    prefix: str
    field: str = "number"

    def written(self, year, number):
        return f"{self.prefix}{year}-{number:04d}"

    def fits(self, text):
        """Say whether `text` is a number of this series; other spellings of one (JB2021-00001) are not."""
        return bool(re.fullmatch(rf"{self.prefix}[0-9]{{4}}-(?!0000)([0-9]{{4}}|[1-9][0-9]{{4,5}})", text))

    def faults(self, record):
        """Return {field: sentence} for a number that is not of the form. One stored before the form was asked for stays."""
        text = getattr(record, self.field)
        if not text or self.fits(text):
            return {}
        kept = record.pk and type(record)._base_manager.filter(pk=record.pk, **{self.field: text}).exists()
        return {} if kept else {self.field: f"应写成 {self.written(2021, 1)} 的样子（年份、连字符、四位序号）；不填则自动编号。"}

    def next(self, model, year):
        """Return the number after the greatest of a year, the first free one where the greatest is the last of all.

        Whatever else is stored in the field is passed over. Two asked for at one moment are the same: the field is unique.
        """
        begins = self.written(year, 0)[:-4]
        stored = model._base_manager.filter(**{f"{self.field}__startswith": begins}).values_list(self.field, flat=True)
        taken = {int(text.removeprefix(begins)) for text in stored if self.fits(text)}
        last = max(taken, default=0)
        return self.written(year, last + 1 if last < MOST else next(number for number in count(1) if number not in taken))
