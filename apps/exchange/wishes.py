"""What is to be exported: the rows of a list under its address, which of its columns, as which kind of file. Pure."""

from dataclasses import dataclass

from django.http import QueryDict

from apps.core.errors import Refused
from apps.exchange.choices import FileFormat


@dataclass(frozen=True)
class Wish:
    """kind: a ledger's code, or the kind of an official form.  query: the list's address parameters.

    columns: keys of columns of the list, for reading; none: the whole sheet, which imports back.  official: in the
    layout of the official form instead.
    """

    kind: str
    query: str = ""
    columns: tuple = ()
    format: str = FileFormat.XLSX
    official: bool = False

    def __post_init__(self):
        """Raise Refused for what there is not."""
        if self.format not in FileFormat.values:
            raise Refused(f"不能导出“{self.format}”格式的文件，可用：{'、'.join(FileFormat.values)}。")
        if self.official and self.format != FileFormat.XLSX:
            raise Refused("官方表式只有 Excel 工作簿。")

    @property
    def params(self):
        return QueryDict(self.query)

    @property
    def words(self):
        """Which columns and which kind of file, as the menu calls it."""
        if self.official:
            return "官方表式"
        return f"{FileFormat(self.format).label} {'所列' if self.columns else '全部列'}"
