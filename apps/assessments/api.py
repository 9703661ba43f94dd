"""The values of a round over the API: the sheet, one value with its history, one or many typed; by the verbs and rights of the pages."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from apps.assessments import selectors, services
from apps.assessments.forms import ValueForm
from apps.assessments.models import AssessmentRound, AssessmentValue
from apps.ledger.access import NO_RIGHT
from apps.ledger.api import query
from apps.ledger.api.conditions import etag, version_of
from apps.ledger.api.fields import NOT_THERE
from apps.ledger.api.once import once
from apps.ledger.api.schema import KEY, VERSION, LedgerSchema
from apps.ledger.api.serializers import KEPT, EntrySerializer, RowSerializer, Strict, build
from apps.ledger.api.views import LedgerRows
from apps.ledger.declaration import Ledger
from apps.ledger.selectors import timeline
from apps.ledger.services import Conflict

FILLING = {"fill", "fill_sheet"}  # actions that write
PAGING = ("page", "page_size")


class Values(Ledger):
    """Declared as a ledger is and none of the register's: a value is reached through its round, and has no list of its own."""

    model = AssessmentValue
    code = "assessment-values"
    groups = {"填报": ["unit", "indicator", "source", "target", "actual", "evidence", "paper"]}

    def writable(self, user, record=None):
        """Return what is typed of a value; whether its round takes values now, and who supplies it, the service says."""
        points = record and record.pk and record.indicator.is_points
        return [name for name in ValueForm._meta.fields if not (points and name == "target")]

    def form_class(self, user, record=None):
        return ValueForm


VALUES = Values()


class ValueSerializer(RowSerializer):
    code = serializers.CharField(source="indicator.code", read_only=True, help_text="指标编号")
    measure = serializers.CharField(source="indicator.unit", read_only=True, help_text="计量单位")
    lacks_paper = serializers.BooleanField(read_only=True, help_text="须选定佐证材料而没有选定（或已撤下）")

    def why_not(self, name):
        return "加分、扣分只填分值，没有目标。" if name == "target" else super().why_not(name)


NAMES = ["id", "label", *VALUES.fields, "code", "measure", "lacks_paper", *KEPT, "reason"]
VALUE = build(VALUES, ValueSerializer, NAMES, [*VALUES.fields, *KEPT])


class SheetSerializer(Strict, serializers.Serializer):
    """Values as they were looked at, each with what is typed of it."""

    rows = serializers.ListField(
        child=serializers.DictField(),
        allow_empty=False, max_length=services.MOST, help_text="每项：id、version（读取时的版本）和要填的项（写法与填报一项相同）"
    )  # fmt: skip
    reason = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=200, label="修改说明", help_text="修改说明，记入历史"
    )


class Named(serializers.Serializer):
    """Which value, at which version."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class ValueSchema(LedgerSchema):
    titles = {
        "values": "填报数据",
        "fill_sheet": "填报多项数据",
        "value": "读取一项数据",
        "fill": "填报一项数据",
        "history": "一项数据的变更记录",
    }

    def get_override_parameters(self):
        return {"fill": [VERSION], "fill_sheet": [KEY]}.get(self.view.action, [])

    def get_response_serializers(self):
        if self.view.action == "history":
            return inline_serializer("AssessmentValueHistory", {"results": EntrySerializer(many=True)})
        if self.view.action == "fill_sheet":
            return inline_serializer("AssessmentValuesTyped", {"results": VALUE(many=True, help_text="写入后的数据")})
        return VALUE

    def _is_list_view(self, serializer=None):
        return self.view.action == "values"

    def get_tags(self):
        return [str(AssessmentRound._meta.verbose_name)]

    def get_summary(self):
        return f"{self.get_tags()[0]}：{self.titles[self.view.action]}"

    def get_operation_id(self):
        return f"assessment_values_{self.view.action}"


class RoundValues(LedgerRows):
    """The values of the round the address names. Who reads the assessment reads them, who fills types them: as on the pages."""

    ledger = VALUES
    schema = ValueSchema()
    pagination_class = query.Pages

    def check_permissions(self, request):
        super().check_permissions(request)
        if not request.user.may("fill" if self.action in FILLING else "read", "assessments"):
            raise PermissionDenied(NO_RIGHT)

    def get_serializer_class(self):
        return SheetSerializer if self.action == "fill_sheet" else VALUE

    def rows(self):
        """Return the values of the round; 404 where the round is not there for this person."""
        if not selectors.rounds(self.request.user).filter(pk=self.kwargs["pk"]).exists():
            raise Http404
        return selectors.values(self.request.user).filter(round=self.kwargs["pk"])

    def record(self, day=None):
        found = self.rows().filter(pk=self.kwargs["value"]).first()
        if found is None:
            raise Http404
        return found

    def shown(self, record):
        return Response(self.get_serializer(record).data, headers={"ETag": etag(record)})

    def values(self, request, **kwargs):
        unknown = {name: [f"没有这个查询参数；可用的有：{'、'.join(PAGING)}。"] for name in request.query_params if name not in PAGING}
        if unknown:
            raise ValidationError(unknown)
        page = self.paginate_queryset(self.rows())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def value(self, request, **kwargs):
        return self.shown(self.record())

    def history(self, request, **kwargs):
        return Response({"results": EntrySerializer(timeline(self.record(), request.user), many=True).data})

    def fill(self, request, **kwargs):
        record, version = self.record(), version_of(request)
        values, reason = self.named(record, partial=True)
        try:
            services.fill(value=record, values=values, version=version, reason=reason, actor=self.actor)
        except Conflict as conflict:
            raise self.stale(conflict, values) from conflict
        return self.shown(self.record())

    def fill_sheet(self, request, **kwargs):
        return once(request, self._fill_sheet)

    def _fill_sheet(self):
        known, given = {row.pk: row for row in self.rows()}, self.get_serializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        rows, faults = [], {}
        for place, row in enumerate(given.validated_data["rows"], start=1):
            try:
                rows.append(self._row(known, row))
            except ValidationError as fault:
                faults[f"rows.{place}"] = fault.detail
        if faults:
            raise ValidationError(faults)
        services.fill_sheet(rows=rows, reason=given.validated_data["reason"], actor=self.actor)
        written = self.rows().filter(pk__in=[value.pk for value, *_ in rows])
        return Response({"results": VALUE(written, many=True, context=self.get_serializer_context()).data})

    def _row(self, known, row):
        """Return (value, values, version) of one row of the sheet, parsed; raise ValidationError."""
        named = Named(data=row)
        named.is_valid(raise_exception=True)
        value = known.get(named.validated_data["id"])
        if value is None:
            raise ValidationError({"id": [NOT_THERE]})
        typed = {name: content for name, content in row.items() if name not in named.fields and name != "reason"}
        if "reason" in row:
            raise ValidationError({"reason": ["修改说明写在各行之外，对全部各行有效。"]})
        parsed = VALUE(value, data=typed, partial=True, context=self.get_serializer_context())
        parsed.is_valid(raise_exception=True)
        return value, dict(parsed.validated_data), named.validated_data["version"]


ROUTES = [
    ("values", "", {"get": "values", "post": "fill_sheet"}),
    ("value", "<int:value>/", {"get": "value", "patch": "fill"}),
    ("value-history", "<int:value>/history/", {"get": "history"}),
]
urlpatterns = [
    path(f"ledgers/assessment-rounds/<int:pk>/values/{tail}", RoundValues.as_view(actions), name=name) for name, tail, actions in ROUTES
]
