"""The endpoints of every ledger: list, read, create, change, archive, restore, move, history."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from apps.core import proof
from apps.core.actor import Actor
from apps.ledger import dependents, past, registry, services, workflow
from apps.ledger.access import NO_RIGHT, require_change
from apps.ledger.api import query
from apps.ledger.api.conditions import etag, version_of
from apps.ledger.api.once import once
from apps.ledger.api.problems import Stale
from apps.ledger.api.schema import LedgerSchema
from apps.ledger.api.serializers import EntrySerializer, ReasonSerializer, move_serializer_of, serializer_of
from apps.ledger.fields import label_of
from apps.ledger.selectors import timeline

CHANNEL = "接口"
RIGHTS = {"create": "add", "archive": "archive", "restore": "archive", "preview": "change", "bulk": "change"}
CHANGES = {"update", "partial_update"}  # of one record: whose hands it is in counts too


class LedgerRows(GenericViewSet):
    """The rows of the ledger the address names. Reading follows from scope, writing from the table of rights."""

    ledger = step = None  # named by the address; set on the classes the schema is drawn from
    schema = LedgerSchema()
    pagination_class = query.PagesOfRows

    @classmethod
    def serves(cls, ledger):
        """Say whether the ledger has these addresses."""
        return True

    @property
    def default_response_headers(self):
        return super().default_response_headers | {"Cache-Control": "no-store"}

    def check_permissions(self, request):
        """Ask who it is, find the ledger, ask the right: in this order, so that nobody learns of a ledger before signing in."""
        user = request.user
        if not user.is_authenticated:
            raise NotAuthenticated("请先登录，或在 Authorization 请求头中给出访问令牌。")
        if user.reach().nobody:
            raise PermissionDenied(NO_RIGHT)
        self.ledger = self.ledger or registry.get(self.kwargs["code"])
        if self.ledger is None or not self.serves(self.ledger):
            raise Http404
        act = RIGHTS.get(self.action)
        if act and not self.ledger.may(user, act) or self.action in CHANGES and not self.ledger.may_change(user):
            raise PermissionDenied(NO_RIGHT)

    def require_proof(self):
        """Ask that the password was typed lately, of a session as its pages do; a token was made under such a proof."""
        if self.request.auth is None and not proof.is_fresh(self.request.session):
            raise PermissionDenied(proof.SENTENCE)

    @property
    def actor(self):
        return Actor.from_request(self.request, channel=CHANNEL)

    def get_serializer_class(self):
        if self.action == "move":
            return move_serializer_of(self.ledger, self.step.code)
        if self.action == "history":
            return EntrySerializer
        return ReasonSerializer if self.action in ("archive", "restore") else serializer_of(self.ledger)

    def get_serializer_context(self):
        drawing = getattr(self, "swagger_fake_view", False)  # the schema is for everybody
        return {"user": None if drawing else self.request.user, "moves": drawing}

    def record(self, day=None):
        """Return the row the address names, now or as of a day, with what its answer shows; 404 when it is not there or out of scope."""
        rows = self.ledger.visible(self.request.user).select_related(*serializer_of(self.ledger).joins)
        record = rows.filter(pk=self.kwargs["pk"]).first()
        if record is None:
            raise Http404
        return past.record_as_of(rows, record, day, self.request.user) if day else record

    def list(self, request, **kwargs):
        filterset, rows = query.chosen_rows(self.ledger, request.user, request.query_params)
        page = self.paginate_queryset(rows.select_related(*serializer_of(self.ledger).joins))
        answer = self.get_paginated_response(self.get_serializer(page, many=True).data)
        answer.data["totals"] = query.totals(self.ledger, filterset)
        return answer

    def retrieve(self, request, **kwargs):
        day = query.day_in(request.query_params)
        record = self.record(day)
        return Response(self.get_serializer(record).data) if day else self.shown(record)

    def create(self, request, **kwargs):
        return once(request, self._create)

    def _create(self):
        values, reason = self.named()
        record = self.ledger.create(values=values, reason=reason, actor=self.actor)
        self.kwargs["pk"] = record.pk
        answer = self.shown(self.record(), status.HTTP_201_CREATED)
        answer["Location"] = reverse("api:row", args=[self.ledger.code, record.pk], request=self.request)
        return answer

    def update(self, request, **kwargs):
        return self._change(partial=False)

    def partial_update(self, request, **kwargs):
        return self._change(partial=True)

    def _change(self, partial):
        record, version = self.record(), version_of(self.request)
        require_change(self.ledger, record, self.request.user)
        values, reason = self.named(record, partial)
        try:
            services.change(record=record, values=values, version=version, reason=reason, actor=self.actor)
        except services.Conflict as conflict:
            raise self.stale(conflict, values) from conflict
        return self.shown(self.record())

    def archive(self, request, **kwargs):
        return once(request, lambda: self._move_out(services.archive))

    def restore(self, request, **kwargs):
        return once(request, lambda: self._move_out(services.restore))

    def _move_out(self, act):
        record, version = self.record(), version_of(self.request)
        given = self.get_serializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        if dependents.moving_with(record):
            self.require_proof()
        try:
            act(record=record, version=version, reason=given.validated_data["reason"], actor=self.actor)
        except services.Conflict as conflict:
            raise self.stale(conflict) from conflict
        return self.shown(self.record())

    def move(self, request, **kwargs):
        return once(request, self._move)

    def _move(self):
        record = self.record()
        self.step = self.ledger.workflow and self.ledger.workflow.move(self.kwargs["move"])
        if self.step is None:
            raise Http404
        workflow.require_move(record, self.step, self.request.user)
        if self.step.proof:
            self.require_proof()
        version = version_of(self.request)
        values, comment = self.named(record, partial=True, words="comment")
        try:
            workflow.apply_move(record=record, move=self.step.code, actor=self.actor, version=version, comment=comment, values=values)
        except services.Conflict as conflict:
            raise self.stale(conflict, values) from conflict
        return self.shown(self.record())

    def history(self, request, **kwargs):
        return Response({"results": self.get_serializer(timeline(self.record(), request.user), many=True).data})

    def named(self, record=None, partial=False, words="reason"):
        """Return (values, words) the body names, parsed; raise ValidationError for what cannot be read or may not be written."""
        given = self.get_serializer(record, data=self.request.data, partial=partial)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        said = values.pop(words, "")
        return values, said

    def shown(self, record, code=status.HTTP_200_OK):
        """Answer with a row, the moves this person can make with it now, and its version."""
        context = self.get_serializer_context() | {"moves": True}
        return Response(serializer_of(self.ledger)(record, context=context).data, status=code, headers={"ETag": etag(record)})

    def stale(self, conflict, values=()):
        """Say what the request would have written and what stands there now, for every field in which they differ."""
        current, fields = conflict.current, self.get_serializer().fields
        conflicts = {
            name: {
                "label": label_of(current._meta.get_field(name)),
                "yours": _plain(fields[name], values[name]),
                "current": _plain(fields[name], getattr(current, name)),
            }
            for name in values
            if values[name] != getattr(current, name)
        }
        return Stale(str(conflict), {"version": current.version, "conflicts": conflicts})


def _plain(field, value):
    return None if value is None else field.to_representation(value)
