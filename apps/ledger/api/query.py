"""What a list may be asked: the declared filters, declared columns to sort by, pages of a bounded size; anything else is 400."""

from django.http import QueryDict
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination

from apps.core.numbers import half_up, whole_number
from apps.ledger import past

CONTROLS = ("sort", "page", "page_size")
AS_OF = "as_of"
MAX_PAGE = 200


def day_in(params):
    """Return the day as of which one record is read, None for now; raise ValidationError for anything else that is asked."""
    unknown = {name: [f"没有这个查询参数；可用的有：{AS_OF}。"] for name in params if name != AS_OF}
    if unknown:
        raise ValidationError(unknown)
    day = past.day_in(params)
    if day is None and params.get(AS_OF):
        raise ValidationError({AS_OF: [past.WRONG_DAY]})
    return day


def rows_to_change(ledger, user, given):
    """Return the rows that the parameters of a list find now; a bulk edit knows neither pages nor the past."""
    wrong = {name: ["批量修改时不能用这个参数。"] for name in given if name in (*CONTROLS, AS_OF)}
    if wrong:
        raise ValidationError(wrong)
    params = QueryDict(mutable=True)
    params.update(given)
    return chosen_rows(ledger, user, params)[1]


def chosen_rows(ledger, user, params):
    """Return (filter set, its rows sorted) for the query of a list; raise ValidationError naming every parameter not understood."""
    known = [*ledger.filterset_class.base_filters, *CONTROLS]
    unknown = {name: [f"没有这个查询参数；可用的有：{'、'.join(known)}。"] for name in params if name not in known}
    if unknown:
        raise ValidationError(unknown)
    filterset = ledger.filterset(user, params)
    if not filterset.form.is_valid():
        raise ValidationError(dict(filterset.form.errors.items()))
    rows = filterset.qs
    order = _order(ledger, params.get("sort"))
    return filterset, rows.order_by(*order, "pk") if order else rows


def _order(ledger, text):
    """Return the sorting asked for: names of declared columns, each with a minus in front for descending, commas between."""
    names = text.split(",") if text else []
    wrong = [name for name in names if name.removeprefix("-") not in sortable(ledger)]
    if wrong:
        raise ValidationError({"sort": [f"不能按这一列排序；可用的有：{'、'.join(sortable(ledger))}。"]})
    return names


def sortable(ledger):
    """Return the columns a list can be sorted by: those of the page."""
    return [column for column in ledger.columns if isinstance(column, str)]


def totals(ledger, filterset):
    """Return the sums of the whole filter as the page shows them, figures as text."""
    return [{"label": label, "value": _text(value, places)} for label, value, places in ledger.sums(filterset)]


def _text(value, places):
    return None if value is None else f"{half_up(value, places):f}"


class Pages(PageNumberPagination):
    page_size = 50
    max_page_size = MAX_PAGE
    page_size_query_param = "page_size"

    def get_page_size(self, request):
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        size = whole_number(text, MAX_PAGE)
        if not size:
            raise ValidationError({"page_size": [f"每页条数应在 1 至 {MAX_PAGE} 之间。"]})
        return size


class PagesOfRows(Pages):
    """Pages of a ledger's rows, which go out with their sums."""

    def get_paginated_response_schema(self, schema):
        described = super().get_paginated_response_schema(schema)
        total = {"type": "object", "properties": {"label": {"type": "string"}, "value": {"type": "string", "nullable": True}}}
        described["properties"]["totals"] = {"type": "array", "items": total, "description": "全部符合条件的记录的合计"}
        return described
