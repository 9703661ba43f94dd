"""Cumulative figures of a record that fall from one month of a file to a later one: most likely they are of single months. Pure."""

from collections import defaultdict

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
        """Yield (row, Column, sentence) of every figure that is less than the one before it in the months of the file."""
        for rows in self.rows.values():
            last = {}  # Column -> (month, row, figure) of the last month that has one
            for month, number, figures in sorted(rows, key=lambda row: row[:2]):
                for column, now in zip(self.columns, figures, strict=True):
                    if now is None:
                        continue
                    if column in last and now < last[column][2]:
                        earlier, above, was = last[column]
                        less = f"{month} 月的 {plain(now)} 少于第 {above} 行 {earlier} 月的 {plain(was)}"
                        yield number, column, f"{less}，累计数一般不减少，请核对是不是单月的数"
                    last[column] = month, number, now
