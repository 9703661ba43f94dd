"""`Ledger`: the declaration a record type is shown, searched, edited, imported and exported by."""

from functools import cached_property, lru_cache, reduce
from operator import or_
from types import SimpleNamespace

from django.db.models import Q
from django.urls import reverse

from apps.ledger import hands, past, registry, services
from apps.ledger.choices import Sensitivity
from apps.ledger.fields import field_of, label_of
from apps.ledger.filters import build_filterset
from apps.ledger.forms import build_form
from apps.ledger.measures import Figure, totals_of
from apps.ledger.models import Paper
from apps.ledger.tables import LIGHT, build_table, key_of

WRITING = frozenset({"add", "change", "import"})  # acts that need a field to write


class Ledger:
    """One record type. Subclass, fill in, decorate with `registry.register`; docs/adding-a-ledger.md is the checklist.

    model, code (URL, KIND and rights subject at once), columns (field paths, or measures), search (field paths),
    filters (field paths, or pairs of name and django-filter Filter), totals (names of summed fields, or measures),
    groups (heading -> field names: reading page and form), related (codes of ledgers whose rows belong to a record),
    items (data item -> Part: what a department reporter of that item may write), resource (the spreadsheet columns),
    period (the fields that name a period: a list opens on the latest one, sums need all of them chosen),
    form (a LedgerForm of its own, where a field is chosen or typed in another way),
    bulk (fields that may be set for many rows at once; none that tells rows apart),
    unit (path to the unit that answers for a row: reminders are written by unit),
    lit (the model has a light without a clock),
    part_of (code of the ledger whose records these rows are a part of: who archives one takes them with it, without a right of his own),
    sensitivity (of the ledger as a whole), sensitive (fields shown only to the posts apps.accounts.rights.SENSITIVE names).
    Workflow and clock stand on the model.
    """

    model = None
    code = ""
    columns = ()
    search = ()
    filters = ()
    totals = ()
    groups = {}
    related = ()
    items = {}
    period = ()
    resource = None
    form = None
    bulk = ()
    unit = None
    sensitivity = Sensitivity.INTERNAL
    sensitive = ()
    lit = False
    part_of = None
    lookup = "pk"  # the field a person types to name a record
    detail_template = "ledger/detail.html"

    def __init__(self):
        self.panels = []  # callables (record, user) -> (template, context), added by apps above

    @property
    def label(self):
        return str(self.model._meta.verbose_name)

    @property
    def workflow(self):
        return self.model.workflow

    @property
    def has_papers(self):
        return bool(self.workflow and self.workflow.slots)

    @property
    def clock(self):
        return self.model.clock

    def queryset(self):
        """Return the rows with what the list needs beside the model's fields; override to annotate."""
        return self.model.objects.all()

    def visible(self, user):
        """Return every row `user` may see."""
        return self.queryset().visible_to(user)

    def unit_of(self, record):
        """Return the unit that answers for a row, None where none is named."""
        return reduce(lambda held, name: held and getattr(held, name), self.unit.split("__"), record) if self.unit else None

    def hidden_from(self, user):
        """Return the sensitive fields this person is not shown; none for a command or a schema that acts for nobody (None)."""
        return frozenset() if user is None or user.sees_sensitive(self.code) else frozenset(self.sensitive)

    def sensitivity_of(self, names):
        """Return the label of what holds the columns `names`."""
        return Sensitivity.SENSITIVE if set(self.sensitive) & set(names) else self.sensitivity

    def find(self, user, pk):
        """Return one visible row, None when it is not there or out of scope."""
        return self.visible(user).filter(pk=pk).first()

    def matching(self, words):
        """Return the condition that one of the searched fields, or the title of a paper shown to all who see it, contains `words`."""
        found = reduce(or_, (Q(**{f"{path}__icontains": words}) for path in self.search), Q())
        if self.has_papers:
            shown = [slot.code for slot in self.workflow.slots if slot.shown is None]
            papers = Paper.objects.filter(ledger=self.code, slot__in=shown, withdrawn_at=None, title__icontains=words)
            found |= Q(pk__in=papers.values("record_id"))
        return found

    def search_for(self, user, words, limit):
        """Return at most `limit` visible live rows that match. One query, without what a list shows beside."""
        return self.model.objects.visible_to(user).live().filter(self.matching(words)).select_related(*self.joins)[:limit]

    # --- the list -------------------------------------------------------------------------------------------

    @cached_property
    def filterset_class(self):
        return build_filterset(self)

    def filterset(self, user, params):
        """Return the bound filter set of a list; choices and rows end at the user's scope."""
        return self.filterset_class(params or {}, queryset=self.visible(user), request=SimpleNamespace(user=user))

    def with_period(self, user, params):
        """Return `params` with the latest period the person can see where none is named."""
        if not self.period or any(name in params for name in self.period):
            return params
        rows = self.model.objects.visible_to(user)
        day = past.day_in(params)
        rows = past.as_of(rows, day, user) if day else rows
        latest = rows.live().order_by(*(f"-{name}" for name in self.period)).values(*self.period).first()
        params = params.copy()
        params.update({name: str(value) for name, value in (latest or {}).items()})
        return params

    def rows(self, user, params=None):
        """Return the rows a list or an export shows for `params` (a GET-like mapping)."""
        return self.filterset(user, params).qs.select_related(*self.joins)

    @cached_property
    def joins(self):
        """The foreign keys the declared columns walk through."""
        return self.joins_of(self.columns)

    def joins_of(self, entries):
        """Return the foreign keys that the columns `entries` walk through."""
        paths = [column for column in entries if isinstance(column, str)]
        paths += [self.unit] if self.unit else []
        joins = {path.rpartition("__")[0] for path in paths if "__" in path}
        return sorted(joins | {path for path in paths if getattr(field_of(self.model, path), "is_relation", False)})

    @cached_property
    def declared(self):
        """The columns a list shows where nobody chose others: the light is the last one."""
        return [*self.columns, LIGHT] if self.clock or self.lit else list(self.columns)

    @cached_property
    def offered(self):
        """Key -> every column a list may show: the declared ones, then the other fields of the groups."""
        declared = {key_of(entry): entry for entry in self.declared}
        return declared | {name: name for name in self.fields if name not in declared}

    def offered_to(self, user):
        """Return key -> every column this person may choose."""
        hidden = self.hidden_from(user)
        return {key: entry for key, entry in self.offered.items() if key not in hidden}

    def chosen(self, keys, user):
        """Return the columns named by `keys` in their order, as far as this person is shown them; the declared ones where none is left."""
        offered = self.offered_to(user)
        return [offered[key] for key in dict.fromkeys(keys) if key in offered] or self.declared

    @cached_property
    def table_class(self):
        return build_table(self, self.declared)

    @cached_property
    def table_of(self):
        """Return the Table class of a tuple of columns; few are in use at a time."""
        return lru_cache(maxsize=64)(lambda entries: build_table(self, entries))

    def sums(self, filterset):
        """Return [(label, value, places)] over the whole filter: count, sums, ratios from sums. One query.

        Figures of different periods are never added up: without one chosen period only the rows are counted.
        """
        chosen = filterset.form.cleaned_data if filterset.form.is_valid() else {}
        measures = [self._measure(total) for total in self.totals] if all(chosen.get(name) for name in self.period) else []
        rows, totals = totals_of(filterset.qs, measures)
        return [(f"{self.label}（条）", rows, 0), *((measure.title, total, measure.places) for measure, total in totals.items())]

    def _measure(self, total):
        """Return a total as a measure; a plain field name stands for the sum of the field."""
        if not isinstance(total, str):
            return total
        field = field_of(self.model, total)
        return Figure(total, str(field.verbose_name), field.unit)

    def list_of(self, field, record, day=None):
        """Return the address of the list of the rows whose `field` is `record`, of every period, now or as of a day."""
        named = field in self.filterset_class.base_filters
        wanted = {field: record.pk} if named else {"q": getattr(record, registry.of_model(type(record)).lookup)}
        return self._list(wanted | ({"as_of": day} if day else {}))

    def address_of(self, record, day=None):
        """Return the address of a row's reading page, now or as of a day."""
        return reverse("ledger:detail", args=[self.code, record.pk], query={"as_of": day.isoformat()} if day else None)

    def list_of_words(self, words):
        """Return the address of the list of what `words` find, of every period."""
        return self._list({"q": words})

    def _list(self, wanted):
        return reverse("ledger:list", args=[self.code], query=wanted | dict.fromkeys(self.period, ""))

    # --- one record -----------------------------------------------------------------------------------------

    @cached_property
    def fields(self):
        """Every field of the groups, in order."""
        return [name for names in self.groups.values() for name in names]

    def writable(self, user, record=None):
        """Return the fields this person may write: in the state of `record`, or at any step of the way, moves too, where none is given.

        A department reporter writes only figures of its own items, where the ledger has items.
        """
        if record and hands.held_by(record, user) is False:
            return []
        items = user.data_items() if self.items else None
        typed = [name for name in self.fields if self.model._meta.get_field(name).editable]
        if items is None:
            flow = self.workflow if record else None
            return [name for name in typed if flow is None or flow.may_edit(record.state, name)]
        own = {name for item in items if item in self.items for name in self.items[item].fields}
        keys = set(typed) - {name for part in self.items.values() for name in part.fields}
        return [name for name in typed if name in own | keys] if own else []

    def may(self, user, act):
        """Say whether this person may do `act` here: the post has the right, and there is a field he may write."""
        return user.may(act, self.code) and (act not in WRITING or bool(self.writable(user)))

    def may_change(self, user, record=None):
        """Say whether this person may change this record in its present state; without one, some record in some state."""
        if record:
            return hands.may_write(record, user) and bool(self.writable(user, record))
        flow = self.workflow
        held = [move for state in flow.editable for move in flow.holding(state)] if flow else []
        return self.may(user, "change") or any(user.may(move.code, self.code) for move in held)

    @cached_property
    def parts(self):
        """Data item -> Part, of those that have a field here."""
        return {item: part for item, part in self.items.items() if not set(part.fields).isdisjoint(self.fields)}

    def lent(self, user):
        """Return the fields beside the person's own items: he may fill them in, an empty cell of his leaves them alone."""
        items = user.data_items()
        own = {name for item in items or () if item in self.items for name in self.items[item].fields}
        return [name for name in self.writable(user) if name not in own] if items is not None else []

    def parts_for(self, user):
        """Return the parts this person may write, as `parts`; all of them where data items do not bind him."""
        items = user.data_items()
        return {item: part for item, part in self.parts.items() if items is None or item in items}

    def office_of(self, name):
        """Return the office that reports the field `name`, None where no data item holds it."""
        return next((part.office for part in self.parts.values() if name in part.fields), None)

    def form_class(self, user, record=None):
        return build_form(self, user, record)

    def create(self, *, values, actor, reason=""):
        """Enter a row and return it; override where more is written with it. Raises ValidationError and Refused."""
        return services.create(model=self.model, values=values, actor=actor, reason=reason)

    def settable(self, user):
        """Return the fields this person may set for many rows at once."""
        writable = self.writable(user) if user.may("change", self.code) else ()
        return [name for name in self.bulk if name in writable]

    def refusal(self, record, names, user):
        """Return why this person may not change the fields `names` of this row now as a sentence, None where he may."""
        if record.archived_at:
            return "已归档，不能修改。"
        if hands.held_by(record, user) is False:
            return hands.refusal(record)
        writable = self.writable(user, record)
        closed = [name for name in names if name not in writable]
        if not closed:
            return None
        if not writable:
            return f"处于“{record.state_label}”，不能修改，只能办理。"
        label, where = label_of(self.model._meta.get_field(closed[0])), self.workflow.filled_at(record.state, closed[0])
        return f"处于“{record.state_label}”，不能修改“{label}”{f'；请在{where}填写' if where else ''}。"

    def children(self):
        """Return the ledgers whose rows belong to a record of this one, with the field that says so."""
        for code in self.related:
            child = registry.get(code)
            yield child, next(field.name for field in child.model._meta.fields if field.related_model is self.model)
