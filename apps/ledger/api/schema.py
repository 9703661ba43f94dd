"""The API described for machines (OpenAPI 3), drawn from the same declarations: labels, units, filters, headers, in Chinese."""

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer

from apps.ledger.api import query
from apps.ledger.api.batch_serializers import BatchSerializer, OneBatchSerializer, PlanSerializer
from apps.ledger.api.serializers import EntrySerializer, PaperSerializer, PapersSerializer, serializer_of
from apps.ledger.downloads import BYTES

TITLES = {
    "list": "查询",
    "create": "新增",
    "retrieve": "读取",
    "update": "修改（全部可写项）",
    "partial_update": "修改（只写给出的项）",
    "archive": "归档",
    "restore": "恢复",
    "history": "历史",
    "move": "办理",
    "papers": "附件目录",
    "add": "上传附件",
    "paper": "下载附件",
    "withdraw": "撤下附件",
    "preview": "批量修改预览",
    "bulk": "批量修改",
    "batches": "批次目录",
    "batch": "读取批次",
    "undo": "撤销批次",
}
CHANGING = ("update", "partial_update", "archive", "restore", "move")
REPEATABLE = ("create", "archive", "restore", "move", "add", "withdraw", "bulk", "undo")
ANSWERS = {
    "papers": PapersSerializer,
    "add": {201: PaperSerializer},
    "paper": {(200, BYTES): OpenApiTypes.BINARY},
    "withdraw": PaperSerializer,
    "preview": PlanSerializer,
    "bulk": {201: BatchSerializer},
    "batches": BatchSerializer,
    "batch": OneBatchSerializer,
    "undo": BatchSerializer,
}
VERSION = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True, description='读取时的版本（ETag），如 "3"')
AS_OF = OpenApiParameter(query.AS_OF, OpenApiTypes.DATE, description="截至：当日结束时的记录")
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="同一键的相同请求只执行一次，24 小时内有效")


class LedgerSchema(AutoSchema):
    """Describes the endpoints of one ledger (`view.ledger`)."""

    def get_override_parameters(self):
        action = self.view.action
        headers = [VERSION] * (action in CHANGING) + [KEY] * (action in REPEATABLE)
        return headers + (self._filters() if action == "list" else [AS_OF] if action == "retrieve" else [])

    def _filters(self):
        ledger = self.view.ledger
        filters = [OpenApiParameter(name, str, description=str(one.label)) for name, one in ledger.filterset_class.base_filters.items()]
        columns = [f"{sign}{column}" for column in query.sortable(ledger) for sign in ("", "-")]
        return [*filters, OpenApiParameter("sort", str, description=f"按列排序，逗号分隔，前加减号为降序：{'、'.join(columns[::2])}")]

    def get_response_serializers(self):
        if self.view.action == "history":
            return inline_serializer(f"{self.view.ledger.model.__name__}History", {"results": EntrySerializer(many=True)})
        return ANSWERS.get(self.view.action) or serializer_of(self.view.ledger)

    def _is_list_view(self, serializer=None):
        return self.view.action in ("list", "batches")

    def get_auth(self):
        return [{"token": []}, {"session": []}]

    def get_description(self):
        return ""

    def get_tags(self):
        return [self.view.ledger.label]

    def get_summary(self):
        step = self.view.step
        return f"{self.view.ledger.label}：{TITLES[self.view.action]}{f'“{step.label}”' if step else ''}"

    def get_operation_id(self):
        step = self.view.step
        return f"{self.view.ledger.code}_{self.view.action}{f'_{step.code}' if step else ''}".replace("-", "_")


class ReferenceSchema(OpenApiSerializerFieldExtension):
    """A reference is written as a number or a key and read as an object."""

    target_class = "apps.ledger.api.fields.Reference"

    def map_serializer_field(self, auto_schema, direction):
        field = self.target
        if direction == "request":
            return {"oneOf": [{"type": "integer"}, {"type": "string"}]} if field.key else {"type": "integer"}
        shown = {"id": {"type": "integer"}, "label": {"type": "string"}} | ({field.key: {"type": "string"}} if field.key else {})
        return {"type": "object", "properties": shown, "required": list(shown)}


class MovesSchema(OpenApiSerializerFieldExtension):
    target_class = "apps.ledger.api.fields.MovesField"

    def map_serializer_field(self, auto_schema, direction):
        words = {name: {"type": "string"} for name in ("code", "label")}
        lists = {name: {"type": "array", "items": {"type": "string"}} for name in ("asks", "barriers")}
        return {"type": "array", "items": {"type": "object", "properties": words | lists | {"comment": {"type": "boolean"}}}}


class MeasureSchema(OpenApiSerializerFieldExtension):
    target_class = "apps.ledger.api.fields.MeasureField"

    def map_serializer_field(self, auto_schema, direction):
        return {"type": "string", "format": "decimal", "nullable": True}
