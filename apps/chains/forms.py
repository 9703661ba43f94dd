from django import forms

from apps.chains.models import NineOnesItem
from apps.ledger.forms import LedgerForm

DATE = {"format": "%Y-%m-%d", "attrs": {"type": "date"}}


class ItemForm(LedgerForm):
    """How far one of the nine ones is; its title belongs to the list, not to the progress."""

    class Meta:
        model = NineOnesItem
        fields = ["state", "due", "done_on", "document_number", "evidence"]
        widgets = {"due": forms.DateInput(**DATE), "done_on": forms.DateInput(**DATE)}
