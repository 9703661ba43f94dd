"""The papers of a record over the API: what there is, the file itself, one more, one withdrawn."""

from django.http import Http404
from rest_framework import status
from rest_framework.response import Response
from rest_framework.reverse import reverse

from apps.core.disk import NO_SPACE
from apps.core.errors import Refused
from apps.ledger import papers
from apps.ledger.api.once import once
from apps.ledger.api.parsing import FileBody
from apps.ledger.api.serializers import PaperSerializer, PapersSerializer, ReasonSerializer, file_serializer_of
from apps.ledger.api.views import LedgerRows
from apps.ledger.downloads import attachment


class OfRecord(LedgerRows):
    """Below a record of a ledger whose records have papers. Who sees the record reads them; `papers.may_keep` says who keeps them."""

    @classmethod
    def serves(cls, ledger):
        return ledger.has_papers

    def kept_record(self):
        """Return the record the address names, for a person who keeps its papers."""
        record = self.record()
        papers.require_keeper(record, self.request.user)
        return record


class Papers(OfRecord):
    parser_classes = [FileBody]

    def get_serializer_class(self):
        return file_serializer_of(self.ledger) if self.action == "add" else PapersSerializer

    def papers(self, request, **kwargs):
        return Response(self.get_serializer({"results": papers.shown(self.record(), request.user)}).data)

    def add(self, request, **kwargs):
        return once(request, self._add)

    def _add(self):
        record, given = self.kept_record(), self.get_serializer(data=self.request.data)
        if getattr(self.request, "no_space", False):  # said by core.uploads while the body came in
            raise Refused(NO_SPACE)
        given.is_valid(raise_exception=True)
        file, slot = given.validated_data["file"], given.validated_data["slot"]
        file.seek(0)
        paper = papers.add(record=record, slot=slot, name=file.name, content=file.read(papers.MAX_BYTES + 1), actor=self.actor)
        answer = Response(PaperSerializer(paper).data, status=status.HTTP_201_CREATED)
        answer["Location"] = reverse("api:paper", args=[self.ledger.code, record.pk, paper.pk], request=self.request)
        return answer


class OnePaper(OfRecord):
    def get_serializer_class(self):
        return ReasonSerializer

    def paper(self, request, **kwargs):
        paper = self.named_paper(self.record())
        return attachment(paper.title, papers.read(paper))

    def withdraw(self, request, **kwargs):
        return once(request, self._withdraw)

    def _withdraw(self):
        record = self.kept_record()
        paper, given = self.named_paper(record), self.get_serializer(data=self.request.data)
        given.is_valid(raise_exception=True)
        papers.withdraw(record=record, paper=paper, reason=given.validated_data["reason"], actor=self.actor)
        return Response(PaperSerializer(self.named_paper(record)).data)

    def named_paper(self, record):
        """Return the paper of this record the address names, withdrawn or not; 404 when there is none."""
        paper = papers.shown(record, self.request.user).filter(pk=self.kwargs["paper"]).first()
        if paper is None:
            raise Http404
        return paper

    def perform_content_negotiation(self, request, force=False):
        """A file is given out whatever type a script says it would like; refusals are JSON."""
        return super().perform_content_negotiation(request, force=True)
