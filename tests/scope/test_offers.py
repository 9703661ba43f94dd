"""Every foreign key of every ledger: form, filter, import cell and look-up offer only what the person may see."""

import pytest
from django.urls import reverse

from apps.accounts.choices import Role
from apps.core.scope import OPEN
from apps.exchange.rules import Fault
from apps.ledger import registry
from tests.scope.county import LIMITED

pytestmark = pytest.mark.django_db


def keys(scoped=True):
    """Yield (ledger, field) of every foreign key that leads to rows with a scope."""
    for ledger in registry.all():
        for field in ledger.model._meta.fields:
            paths = getattr(field.related_model, "scope_paths", OPEN) if field.is_relation else OPEN
            if paths != OPEN:
                yield ledger, field


KEYS = [pytest.param(ledger, field, id=f"{ledger.code}.{field.name}") for ledger, field in keys()]
OWN_SIGHT = {identity: {} for identity in LIMITED}


def typed(record, form_field):
    """Return what a person types to choose `record`."""
    return str(getattr(record, getattr(form_field, "to_field_name", None) or "pk"))


@pytest.mark.parametrize("identity", LIMITED)
@pytest.mark.parametrize("ledger, field", KEYS)
def test_a_form_offers_and_takes_only_the_own_half(county, identity, ledger, field):
    user, target = county.people[identity], field.related_model
    visible = set(target.objects.visible_to(user).live())
    form = ledger.form_class(user)(user=user)
    if field.name not in form.fields:
        assert field.name not in ledger.writable(user)
        return
    offered = form.fields[field.name]
    assert set(offered.queryset) == visible
    assert county.other.row(target) not in visible
    for record, wanted in ((county.own.row(target), not visible), (county.other.row(target), True)):
        posted = ledger.form_class(user)({field.name: typed(record, offered)}, user=user)
        assert (field.name in posted.errors) == wanted, record


@pytest.mark.parametrize("ledger, field", KEYS)
def test_a_form_keeps_the_row_a_record_refers_to_and_offers_no_other(county, ledger, field):
    user, record = county.people[Role.PARK], county.own.row(ledger.model)
    form = ledger.form_class(user)(instance=record, user=user)
    if field.name in form.fields:
        assert getattr(record, field.name) in form.fields[field.name].queryset
        assert county.other.row(field.related_model) not in form.fields[field.name].queryset


@pytest.mark.parametrize("identity", LIMITED)
@pytest.mark.parametrize("ledger", registry.all(), ids=lambda ledger: ledger.code)
def test_a_filter_offers_and_takes_only_the_own_half(county, identity, ledger):
    user, client = county.people[identity], county.client(identity)
    for name, field in ledger.filterset(user, {}).form.fields.items():
        target = getattr(getattr(field, "queryset", None), "model", None)
        if target is None or getattr(target, "scope_paths", OPEN) == OPEN:
            continue
        assert set(field.queryset) == set(target.objects.visible_to(user).live()), name
        page = client.get(
            reverse("ledger:list", args=[ledger.code]), dict.fromkeys(ledger.period, "") | {name: county.other.row(target).pk}
        )
        assert [list(page.context["table"].rows), page.context["words"]] == [[], []], name
        assert county.other.canary not in page.content.decode()


@pytest.mark.parametrize("identity", LIMITED)
@pytest.mark.parametrize("ledger, field", [key for key in KEYS if key.values[0].resource])
def test_an_import_cell_names_only_the_own_half(county, identity, ledger, field):
    user, target = county.people[identity], field.related_model
    resource = ledger.resource(user=user)
    column = resource.fields.get(field.name)
    if column is None:
        return
    resource.bind()
    assert set(column.widget.known.values()) == set(target.objects.visible_to(user).live())
    for by in column.widget.by:
        with pytest.raises(Fault):
            column.widget.clean(str(getattr(county.other.row(target), by)))


@pytest.mark.parametrize("identity", LIMITED)
@pytest.mark.parametrize("ledger", registry.all(), ids=lambda ledger: ledger.code)
def test_a_look_up_offers_only_what_is_visible(county, identity, ledger):
    rows = county.client(identity).get(reverse("ledger:lookup", args=[ledger.code])).json()["rows"]
    visible = ledger.model.objects.visible_to(county.people[identity]).live()
    assert {row["value"] for row in rows} == {str(getattr(record, ledger.lookup)) for record in visible}


def test_there_are_such_keys():
    assert len(KEYS) > 8
