"""Bulk edit over the API, in the two steps of the page: what would happen, then the same rows at the versions that were shown."""

import uuid

from django.core.exceptions import PermissionDenied
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.ledger import bulk
from apps.ledger.access import NO_RIGHT
from apps.ledger.api import query
from apps.ledger.api.batch_serializers import BatchSerializer, PlanSerializer, plan_of, selection_serializer_of, write_serializer_of
from apps.ledger.api.once import once
from apps.ledger.api.views import LedgerRows


class Bulk(LedgerRows):
    """For who may change rows of a ledger that has fields to be set for many of them."""

    @classmethod
    def serves(cls, ledger):
        return bool(ledger.bulk)

    def check_permissions(self, request):
        super().check_permissions(request)
        if not self.ledger.settable(request.user):
            raise PermissionDenied(NO_RIGHT)

    def get_serializer_class(self):
        return (write_serializer_of if self.action == "bulk" else selection_serializer_of)(self.ledger)

    def given(self):
        """Return what the body says, parsed."""
        given = self.get_serializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        return given.validated_data

    def preview(self, request, **kwargs):
        given = self.given()
        rows = bulk.bounded(self._selected(given))
        made = bulk.plan(ledger=self.ledger, rows=rows, values=given["values"], user=request.user)
        made = bulk.trial(ledger=self.ledger, made=made, actor=self.actor)
        known = {record.pk for record, *_ in (*made.changes, *made.left_out)}
        missing = [key for key in dict.fromkeys(given.get("ids", ())) if key not in known]
        return Response(PlanSerializer(plan_of(made, missing)).data)

    def _selected(self, given):
        if "ids" in given:
            return self.ledger.visible(self.request.user).filter(pk__in=given["ids"])
        try:
            return query.rows_to_change(self.ledger, self.request.user, given["filter"])
        except ValidationError as fault:
            raise ValidationError({"filter": fault.detail}) from fault

    def bulk(self, request, **kwargs):
        return once(request, self._write)

    def _write(self):
        given = self.given()
        self.require_proof()
        versions = {row["id"]: row["version"] for row in given["rows"]}
        done, in_the_way = bulk.apply(
            ledger=self.ledger, versions=versions, values=given["values"], reason=given["reason"], batch=uuid.uuid4(), actor=self.actor
        )
        if done is None:
            raise bulk.refusal(in_the_way)
        address = reverse("api:batch", args=[self.ledger.code, done.pk], request=self.request)
        return Response(BatchSerializer(done).data, status=status.HTTP_201_CREATED, headers={"Location": address})
