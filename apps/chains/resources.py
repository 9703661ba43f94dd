"""Spreadsheet columns of the chains. The specialist is a post; people are appointed on the form, not by a sheet."""

from apps.chains.models import Chain
from apps.exchange.resources import LedgerResource


class ChainResource(LedgerResource):
    references = {"industry": {"by": ("name", "code")}}
    aliases = {"industry": ("所属产业",), "name": ("产业链", "产业链名称")}

    class Meta:
        model = Chain
        fields = ["industry", "name", "branches", "chief_title"]
        import_id_fields = ["industry"]
