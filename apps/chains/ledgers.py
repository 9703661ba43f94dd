"""The chains as a ledger; their pages and the nine ones have views of their own.

The code is not "chains": that is the right of a chain's office to keep the nine ones.
"""

from apps.chains import forms, resources
from apps.chains.models import Chain
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
