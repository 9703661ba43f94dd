"""The marked workbook of a batch."""

import tempfile
from pathlib import Path

from apps.core.errors import Refused
from apps.exchange import child
from apps.exchange.choices import BatchState
from apps.exchange.reading import Unreadable
from apps.exchange.selectors import errors_of


def marked(batch):
    """Return the bytes of the uploaded workbook with every bad cell marked. Raises Refused where nothing is to mark."""
    if batch.state != BatchState.ERRORS:
        raise Refused("这批数据没有要标注的错误。")
    marks = [[fault["row"], fault["column"], fault["message"]] for fault in errors_of(batch) if fault["row"]]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "marked.xlsx"
        try:
            given = {"sheet": batch.sheet, "header": batch.header_row, "marks": marks}
            child.run("apps.exchange.reading.marking", batch.file.path, target, given=given).close()
        except Unreadable as refusal:
            raise Refused("文件太大或太复杂，不能标注。请按错误清单修改。") from refusal
        return target.read_bytes()
