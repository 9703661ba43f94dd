"""The batches of a ledger over the API, and taking one back."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework.response import Response

from apps.ledger import batches
from apps.ledger.api import query
from apps.ledger.api.batch_serializers import BatchSerializer, OneBatchSerializer
from apps.ledger.api.once import once
from apps.ledger.api.serializers import ReasonSerializer
from apps.ledger.api.views import LedgerRows


class Batches(LedgerRows):
    """Whose batches one sees, and who takes them back, is said by `batches` as for the pages."""

    pagination_class = query.Pages

    def get_serializer_class(self):
        return {"undo": ReasonSerializer, "batch": OneBatchSerializer}.get(self.action, BatchSerializer)

    def named_batch(self):
        """Return the batch the address names; 404 where it is not there or not this person's to see."""
        found = batches.batches_of(self.ledger, self.request.user).filter(pk=self.kwargs["batch"]).first()
        if found is None:
            raise Http404
        return found

    def batches(self, request, **kwargs):
        page = self.paginate_queryset(batches.batches_of(self.ledger, request.user))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def batch(self, request, **kwargs):
        batch = self.named_batch()
        batch.may_undo = batches.may_undo(batch, request.user) and not batch.undone_by_id
        batch.in_the_way = batches.obstacles(batch, request.user) if batch.may_undo else []
        return Response(self.get_serializer(batch).data)

    def undo(self, request, **kwargs):
        return once(request, self._undo)

    def _undo(self):
        batch, given = self.named_batch(), self.get_serializer(data=self.request.data)
        if not batches.may_undo(batch, self.request.user):
            raise PermissionDenied("您的岗位不能撤销这个批次。")
        given.is_valid(raise_exception=True)
        self.require_proof()
        done = batches.undo(batch=batch, reason=given.validated_data["reason"], actor=self.actor)
        return Response(BatchSerializer(done).data)
