"""The mappings of columns as a ledger: list, history and archive are the kit's; the columns are said on a page of their own."""

from apps.exchange.mapping import columns_in_words
from apps.exchange.mapping_forms import MappingForm
from apps.exchange.mapping_models import ColumnMapping
from apps.ledger.declaration import Ledger
from apps.ledger.registry import get, register


@register
class ColumnMappingLedger(Ledger):
    model = ColumnMapping
    code = "column-mappings"
    columns = ["name", "organisation", "kind", "updated_at"]
    search = ["name", "organisation__name"]
    filters = ["kind"]
    form = MappingForm
    groups = {"列对应": ["name", "organisation", "kind"]}

    def writable(self, user, record=None):
        """Data items bind figures, not the sheet they come in."""
        return ["name", "organisation"]


def columns_panel(record, user):
    """Panel of a mapping: which title is read as which field, in which unit."""
    may_change = user.may("change", "column-mappings") and not record.archived_at
    return "exchange/mapping_columns.html", {"record": record, "columns": columns_in_words(record), "may_change": may_change}


get("column-mappings").panels.append(columns_panel)
