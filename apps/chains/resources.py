"""Spreadsheet columns of the chains, their nine ones and instructions.

The specialist is a post; people are appointed on the form, not by a sheet.
"""

from apps.chains.models import Chain, Instruction, NineOnesItem
from apps.exchange.resources import LedgerResource, Shown
from apps.exchange.widgets import CellWidget


class ChainResource(LedgerResource):
    references = {"industry": {"by": ("name", "code")}}
    aliases = {"industry": ("所属产业",), "name": ("产业链", "产业链名称")}

    class Meta:
        model = Chain
        fields = ["industry", "name", "branches", "chief_title"]
        import_id_fields = ["industry"]


class NineOnesResource(LedgerResource):
    light__words = Shown(path="light__words", title="亮灯", widget=CellWidget())
    references = {"chain": {"by": ("name",)}}
    aliases = {
        "chain": ("产业链名称",),
        "year": ("年份",),
        "title": ("事项名称", "工作事项"),
        "due": ("时限",),
        "evidence": ("佐证", "佐证材料"),
    }

    class Meta:
        model = NineOnesItem
        fields = ["chain", "year", "number", "title", "done_when", "state", "light__words", "due", "done_on", "document_number", "evidence"]
        import_id_fields = ["chain", "year", "number"]


class InstructionResource(LedgerResource):
    state_label = Shown(path="state_label", title="状态", widget=CellWidget())
    unit__name = Shown(path="unit__name", title="责任单位", widget=CellWidget())
    light__words = Shown(path="light__words", title="亮灯", widget=CellWidget())
    references = {"chain": {"by": ("name",)}}
    codes = {"number": {"local": True}}

    class Meta:
        model = Instruction
        fields = ["number", "chain", "state_label", "source", "urgency", "text", "unit__name", "helpers", "deadline", "light__words"]
        fields += ["progress", "feedback"]
        import_id_fields = ["number"]
