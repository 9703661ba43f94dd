"""The nine ones (九个一) in the search: they are no ledger, their page shows one with its history."""

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import IContains
from django.urls import reverse

from apps.chains.models import NineOnesItem
from apps.ledger import finders

TITLE = [Value("九个一 "), F("chain__name"), Value(" "), Cast("year", CharField()), Value("年 "), F("title")]  # as a row names itself


@finders.register
class ItemFinder(finders.Finder):
    model = NineOnesItem
    code = "nine-ones"
    joins = ("chain",)

    def matching(self, words):
        return Q(IContains(Concat(*TITLE), words)) | Q(document_number__icontains=words) | Q(evidence__icontains=words)

    def address_of(self, record):
        return reverse("chains:item", args=[record.pk])

    def list_of_words(self, words):
        return reverse("chains:list")
