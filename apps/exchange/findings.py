"""What is said about a file: errors at their cells, and notes gathered so that a thousand alike are one line."""

from dataclasses import dataclass, field

from apps.exchange.layout import letter
from apps.exchange.rules import plain

EXAMPLES = 3


def error(sheet, row, column, value, message):
    """Return one error as the commands print it; row and column may be None where a rule spans rows."""
    return {"sheet": sheet, "row": row, "column": column, "value": value, "message": message}


def cell_error(column, cell, message):
    """Return [column letter, value as written, title and message] of a bad cell."""
    return [column.index and letter(column.index), plain(cell)[:200], f"{column.title}：{message}"]


def rule_error(resource, names, sentence, cell):
    """Return a rule over several fields as an error of one cell: the first of them the file can put right.

    names: the fields the rule looks at.  cell: called with the Column for what stands in it. Where the file has none of
    them its first key column is named.
    """
    looked_at = [resource.fields[name] for name in names if name in resource.fields]
    placed = [column for column in looked_at if column.index]
    column = next(iter(sorted(placed, key=lambda column: column in resource.keys)), None) or _naming_column(resource)
    if "；" not in sentence:
        titles = "、".join(f"“{named.title}”" for named in placed or [column])
        sentence = f"{sentence.rstrip('。')}；请核对{titles}后重新上传。"
    return cell_error(column, cell(column), sentence)


def _naming_column(resource):
    """Return the column of the file that names the record: its first key, or the name that stands for it."""
    return next(column for column in (*resource.keys, *resource.named.values()) if column.index)


@dataclass
class Notes:
    """Notes of one file, in the order they came up."""

    lines: list = field(default_factory=list)
    cells: dict = field(default_factory=dict)

    def say(self, sentence):
        self.lines.append(sentence)

    def in_row(self, row, about="reading"):
        """Return a function (column, sentence) that takes down something `about` a cell of this row: how it was read, or another thing."""
        return lambda column, sentence: self.cells.setdefault((column, about), []).append((row, sentence))

    def all(self):
        """Return every note as a sentence; cells of a column are one sentence for each thing said, with the first examples."""
        return self.lines + [_together(column, said) for (column, _), said in self.cells.items()]


def _together(column, said):
    examples = "；".join(f"第 {row} 行 {sentence}" for row, sentence in said[:EXAMPLES])
    more = f"；等 {len(said)} 处" if len(said) > EXAMPLES else ""
    place = f"{letter(column.index)} 列" if column.index else ""
    return f"{place}“{column.title}”：{examples}{more}。"
