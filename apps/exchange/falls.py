"""Cumulative figures of a record that fall from one month of a file to a later one: most likely they are of single months. Pure."""

from collections import defaultdict
from itertools import pairwise

from apps.exchange.rules import plain


class Falls:
    """Remembers the cumulative figures of a file. columns: those it has; False where there are none."""

    def __init__(self, resource, columns):
        self.whose = [column.attname for column in resource.keys if column.name != "month"]
        self.columns = [column for column in columns if column.name in resource.cumulative]
        self.rows = defaultdict(list)  # whose -> [(month, row, figures)]

    def __bool__(self):
        return bool(self.columns)

    def add(self, number, record):
        """Take down the figures of a row."""
        figures = [getattr(record, column.attname) for column in self.columns]
        self.rows[tuple(getattr(record, name) for name in self.whose)].append((record.month, number, figures))

    def found(self):
        """Yield (row, Column, sentence) of every figure that is less than that of the month before it in the file."""
        for rows in self.rows.values():
            for (earlier, above, before), (month, number, figures) in pairwise(sorted(rows, key=lambda row: row[:2])):
                for column, was, now in zip(self.columns, before, figures, strict=True):
                    if None not in (was, now) and now < was:
                        less = f"{month} 月的 {plain(now)} 少于第 {above} 行 {earlier} 月的 {plain(was)}"
                        yield number, column, f"{less}，累计数一般不减少，请核对是不是单月的数"
