"""After every write the row is asked for again through the scope; what has left it takes everything back."""

import pytest

from apps.accounts.choices import Role
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.core.scope import OPEN
from apps.ledger import registry, services
from tests.scope.county import LIMITED, Half
from tests.standing import taken_back

pytestmark = pytest.mark.django_db
SCOPED = [ledger for ledger in registry.all() if ledger.model.scope_paths != OPEN]
OUT = "不在您的范围内"


def limited(county, model):
    """Return the people of the first half who see their row of `model` and not the other one."""
    people = [county.people[role] for role in LIMITED]
    return [user for user in people if list(model.objects.visible_to(user)) == [county.own.row(model)]]


def state_of(model):
    return list(model.objects.order_by("pk").values()), model.history.count()


@pytest.fixture(params=SCOPED, ids=lambda ledger: ledger.code)
def model(request):
    return request.param.model


@pytest.fixture
def actors(county, model):
    users = limited(county, model)
    assert users
    return [Actor.of(user) for user in users]


def refused(model, act, sentence=OUT):
    before = state_of(model)
    with pytest.raises(Refused, match=sentence):
        act()
    assert state_of(model) == before


def test_a_new_row_out_of_reach_is_taken_back(county, model, actors):
    """A third place is free of every rule but the scope."""
    with taken_back():
        elsewhere = Half("C", "丙界", 2_222_222)
        new = elsewhere.unsaved(model)
        for actor in actors:
            refused(model, lambda actor=actor: services.write_batch(model=model, new=[new], changed=[], actor=actor, reason="x"))
            new.pk = None
        services.write_batch(model=model, new=[new], changed=[], actor=Actor.of(elsewhere.person), reason="范围内的人可以写")


def moved(county, model, elsewhere):
    """Return the own row as it would stand elsewhere, and the fields that place it."""
    record = model.objects.get(pk=county.own.row(model).pk)
    names = {path.split("__")[0] for path in model.scope_paths.values() if path != "pk"}
    names = {name for name in names if not model.workflow or model.workflow.may_edit(record.state, name)}
    for name in names:
        setattr(record, name, elsewhere.row(model._meta.get_field(name).related_model))
    return record, sorted(names)


def test_a_row_that_leaves_the_reach_is_taken_back(county, model, actors):
    with taken_back():
        elsewhere = Half("C", "丙界", 2_222_222)
        for actor in actors:
            stays = model.scope_paths.get("platform") == "pk" and actor.user.role == Role.PARK  # its keeper's wherever it lies
            record, names = moved(county, model, elsewhere)
            write = {"model": model, "new": [], "changed": [(record, names)], "reason": "x"}
            if not stays:
                refused(model, lambda: services.write_batch(actor=actor, **write))  # noqa: B023
        record, names = moved(county, model, elsewhere)
        everywhere = Actor.of(county.people[Role.PER_MU])
        services.write_batch(model=model, new=[], changed=[(record, names)], actor=everywhere, reason="全县可见的人可以写")


def test_a_row_out_of_reach_is_neither_changed_nor_archived(county, model, actors):
    record = county.other.row(model)
    for actor in actors:
        given = {"record": record, "version": 1, "actor": actor}
        refused(model, lambda: services.change(values={"origin": "sample"}, **given))  # noqa: B023
        refused(model, lambda: services.archive(reason="x", **given))  # noqa: B023
        refused(model, lambda: services.write_batch(model=model, new=[], changed=[(record, ["origin"])], actor=actor, reason="x"))  # noqa: B023
