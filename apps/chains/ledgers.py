"""The chains as a ledger; their pages and the nine ones have views of their own.

The code is not "chains": that is the right of a chain's office to keep the nine ones.
"""

from apps.chains import forms, resources
from apps.chains.models import Chain, Instruction
from apps.ledger.declaration import Ledger
from apps.ledger.registry import register


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
    related = ["instructions"]


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
