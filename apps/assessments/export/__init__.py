"""The quarter's workbook in the official layout (domain 7.6 item 7): scores, notes, source signatures, evidence files; A3 landscape."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

import xlsxwriter
from django.db import transaction

from apps.assessments import notes, selectors
from apps.assessments.export.score_sheet import ScoreSheet
from apps.assessments.export.side_sheets import write_evidence, write_notes, write_signatures
from apps.assessments.export.styles import level
from apps.core.errors import Refused
from apps.journal import services as journal

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


@dataclass(frozen=True)
class Export:
    """A finished workbook. rows: assessed units on the first sheet."""

    name: str
    content: bytes
    rows: int

    @property
    def sha256(self):
        return sha256(self.content).hexdigest()


@transaction.atomic
def export_round(*, round, user, actor):
    """Build the workbook of the round's current computation as `user` may see it and journal the export.

    The same computation with the same evidence files gives the same bytes on the same day. Raises Refused before the first computation.
    """
    if round.current is None:
        raise Refused(f"{round} 尚未计分，请先计分再导出。")
    matrix = selectors.matrix(round, user)
    content = _workbook(round, matrix, notes.lines(round, user), round.proved_values(user))
    export = Export(f"{notes.title(round)}.xlsx", content, len(matrix.rows))
    detail = {"computation": round.current_id, "rows": export.rows, "sha256": export.sha256, "level": level().label}
    journal.record(act="导出", actor=actor, target=f"考核评分表：{round}", detail=detail)
    return export


def _workbook(round, matrix, lines, proved):
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, SAFE)
    book.set_properties({"title": notes.title(round), "created": round.current.created_at.replace(tzinfo=None)})
    ScoreSheet(book, round, matrix).write()
    write_notes(book, round, lines)
    write_signatures(book, round, lines)
    write_evidence(book, round, proved)
    book.close()
    return buffer.getvalue()
