"""Columns of a sheet that others report: empty they are passed over, a figure in one is an error at its cell."""

from apps.exchange.findings import cell_error
from apps.exchange.layout import letter
from apps.exchange.rules import is_blank
from apps.ledger import registry


class Foreign:
    """The columns of one file that whoever sends it may not write."""

    def __init__(self, columns):
        self.columns = columns
        self.filled = set()

    def faults(self, row):
        """Return the errors of one row: one for each foreign cell that is not empty."""
        filled = [column for column in self.columns if not is_blank(row[column.title])]
        self.filled.update(filled)
        return [cell_error(column, row[column.title], _remedy(column)) for column in filled]

    def describe(self, notes):
        """Note the foreign columns that are empty from top to bottom."""
        empty = [f"{letter(column.index)} 列“{column.title}”" for column in self.columns if column not in self.filled]
        if empty:
            notes.say(f"不属于您报送的数据项、整列为空的列没有读取，台账中的值保持不变：{'、'.join(empty)}。")


def _remedy(column):
    ledger = registry.of_model(column.model_field.model)
    office = ledger and ledger.office_of(column.name)
    return f"不属于您报送的数据项；请清空这一格后重新上传，{f'该项由{office}报送' if office else '或交由负责的单位报送'}。"
