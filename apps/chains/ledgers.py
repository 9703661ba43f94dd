"""The chains, their nine ones and the instructions about them; the chief's pages have views of their own."""

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import IContains

from apps.chains import forms, resources
from apps.chains.models import Chain, Instruction, NineOnesItem
from apps.ledger.declaration import Ledger
from apps.ledger.registry import register

CALLED = [Value("九个一 "), F("chain__name"), Value(" "), Cast("year", CharField()), Value("年 "), F("title")]  # as an item names itself


@register
class ChainLedger(Ledger):
    model = Chain
    code = "industry-chains"
    columns = ["name", "industry", "branches", "chief_title"]
    search = ["name", "branches", "chief_title"]
    filters = ["industry"]
    groups = {"基本情况": ["industry", "name", "branches"], "人员": ["chief_title", "specialist"]}
    bulk = ["chief_title"]
    resource = resources.ChainResource
    form = forms.ChainForm
    related = ["nine-ones", "instructions"]


@register
class NineOnesLedger(Ledger):
    model = NineOnesItem
    code = "nine-ones"
    period = ["year"]
    columns = ["title", "chain", "year", "number", "state", "due", "done_on", "document_number"]
    search = ["document_number", "evidence"]
    filters = ["chain", "year", "state"]
    groups = {"清单": NineOnesItem.listed, "进展": ["state", "due", "done_on", "document_number", "evidence"]}
    bulk = ["due", "state"]
    resource = resources.NineOnesResource
    detail_template = "chains/item.html"
    lit = True
    part_of = "industry-chains"

    def matching(self, words):
        """An item is found by what it calls itself, too, as it stands in a copied reminder."""
        return super().matching(words) | Q(IContains(Concat(*CALLED), words))


@register
class InstructionLedger(Ledger):
    model = Instruction
    code = "instructions"
    lookup = "number"
    columns = ["number", "text", "chain", "unit", "state", "urgency", "deadline"]
    search = ["number", "text", "unit__name", "helpers"]
    filters = ["chain", "state", "urgency", "source"]
    groups = {
        "交办": ["chain", "source", "urgency", "text", "unit", "helpers", "deadline", "number", "given_on"],
        "办理": ["progress", "feedback", "extension_to", "closed_on"],
    }
    resource = resources.InstructionResource
    form = forms.TaskForm
    unit = "unit"
