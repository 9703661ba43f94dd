"""The marked workbook of a batch."""

import tempfile
from pathlib import Path

from apps.core.errors import Refused
from apps.exchange import child
from apps.exchange.reading import Unreadable
from apps.exchange.selectors import errors_of, has_marks


def marked(batch, only_bad=False):
    """Return the uploaded workbook with every bad cell marked as an open binary file; only_bad: its header and bad rows alone.

    A very large one comes back as its bad rows whatever was asked. Raises Refused where nothing is to mark.
    """
    if not has_marks(batch):
        raise Refused("这批数据没有要标注的错误，或上传的文件已经清理。")
    marks = [[fault["row"], fault["column"], fault["message"]] for fault in errors_of(batch) if fault["row"]]
    given = {"sheet": batch.sheet, "header": batch.header_row, "marks": marks, "only_bad": only_bad}
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "marked.xlsx"
        try:
            child.run("apps.exchange.reading.marking", batch.file.path, target, given=given)
        except Unreadable as refusal:
            raise Refused("文件太大或太复杂，不能标注。请按错误清单修改。") from refusal
        return target.open("rb")
