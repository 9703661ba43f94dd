"""Two who want the same rows: one waits for the other, nobody meets a deadlock (reliability T19; docs/decisions/32-lock-order.md).

Each pair is brought to the point where the first waits and holds what it took, then the second. The controls lock as the house
did before: the same way of stopping them ends in a deadlock.
"""

import datetime as dt
from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse

from apps.accounts import services as accounts
from apps.accounts.choices import Role
from apps.accounts.models import User
from apps.assessments import services as assessments
from apps.assessments.models import AssessmentRound, AssessmentValue
from apps.core.actor import Actor
from apps.core.locks import is_held
from apps.enterprises.models import Enterprise, LandOccupation, YearlyFact
from apps.journal import services as journal
from apps.journal.models import JournalEntry
from apps.ledger import bulk, registry, services
from apps.platforms.models import Parcel, Platform
from tests import factories
from tests.assessments.conftest import a_scheme, a_third_quarter, some_facts
from tests.commands import run
from tests.ledger.api_contract import Script
from tests.ledger.contract import signed_in
from tests.racing import at_once, held_up, impatient, no_writing

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
HELD = "记录正在被他人处理，未保存任何内容，请稍后重试。"
SYSTEM = factories.SYSTEM


def deadlocked(outcomes):
    """Say whether one of the acts ended in a deadlock, or waited until its time was up."""
    return any(isinstance(outcome, OperationalError) and is_held(outcome) for outcome in outcomes)


def errors(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


# --- a round and its values ------------------------------------------------------------------------------------


@pytest.fixture
def quarter():
    scheme = a_scheme()
    some_facts()
    return a_third_quarter(scheme)


@pytest.fixture
def typist(quarter):
    """Type a value on its page and return the answer's status."""
    client = signed_in(factories.person("evaluator", Role.EVALUATOR))
    value = AssessmentValue.objects.get(round=quarter, unit__name="舒洪镇", indicator__code="P1")
    page = reverse("assessments:value", args=[value.pk])
    form = {"actual": "50", "evidence": "报送表", "version": value.version, "reason": ""}
    return lambda: client.post(page, form).status_code


def test_a_computation_and_a_typed_value_wait_for_each_other(quarter, typist):
    computed, typed = held_up(journal.hold, partial(assessments.recalculate, round=quarter, actor=SYSTEM), typist)
    assert (computed.number, typed) == (1, 302)
    assert AssessmentValue.objects.get(round=quarter, unit__name="舒洪镇", indicator__code="P1").actual == 50


@transaction.atomic
def journal_before_the_round(quarter):
    journal.hold()
    AssessmentRound.objects.select_for_update().get(pk=quarter.pk)


def test_whoever_takes_the_journal_before_the_round_meets_a_deadlock(quarter):
    value = AssessmentValue.objects.get(round=quarter, unit__name="舒洪镇", indicator__code="P1")
    type_it = partial(assessments.fill, value=value, values={"actual": 50}, version=value.version, actor=SYSTEM)
    assert deadlocked(held_up(journal.hold, partial(journal_before_the_round, quarter), type_it))


# --- a parcel and the land on it -------------------------------------------------------------------------------


@pytest.fixture
def land():
    return factories.occupation(factories.enterprise(platform=factories.platform()))


@pytest.fixture
def bureau(settings):
    settings.SESSION_PLACES = 8
    return factories.person("natural", Role.NATURAL)


def archive_parcel(land, bureau):
    """Archive the parcel over the API, with the land on it."""
    script, parcel = Script(bureau, f"/api/ledgers/parcels/{land.parcel_id}/"), land.parcel
    return lambda: script("post", "archive/", body={"reason": "重复登记"}, version=parcel.version)


def change_by_api(land, bureau):
    script = Script(bureau, f"/api/ledgers/land-occupation/{land.pk}/")
    return lambda: script("patch", body={"area": "20"}, version=1).status_code


def change_by_page(land, bureau):
    client, page = signed_in(bureau), reverse("ledger:change", args=["land-occupation", land.pk])
    form = client.get(page).context["form"]
    values = {name: form[name].value() for name in form.fields} | {"area": "20"}
    return lambda: client.post(page, {name: value for name, value in values.items() if value is not None}).status_code


def change_in_bulk(land, bureau):
    ledger, end = registry.get("land-occupation"), dt.date(2021, 12, 31)
    make = partial(bulk.apply, ledger=ledger, versions={land.pk: 1}, values={"end": end}, reason="到期", actor=Actor.of(bureau))
    return lambda: make(batch="6d2f2b0e-0000-4000-8000-000000000001")[1]


def archive_it(land, bureau):
    script = Script(bureau, f"/api/ledgers/land-occupation/{land.pk}/archive/")
    return lambda: script("post", body={"reason": "重复登记"}, version=1).status_code


@pytest.mark.parametrize(("change", "done"), [(change_by_api, 200), (change_by_page, 302), (change_in_bulk, []), (archive_it, 200)])
def test_an_occupation_and_its_parcel_wait_for_each_other(land, bureau, change, done):
    """The parcel is locked first, whatever is done to the land on it."""
    changed, archived = held_up(partial(no_writing, LandOccupation), change(land, bureau), archive_parcel(land, bureau))
    assert (changed, archived.status_code) == (done, 200)
    land.refresh_from_db()
    assert land.archived_at


@transaction.atomic
def land_before_the_parcel(land):
    LandOccupation.objects.select_for_update().get(pk=land.pk)
    journal.hold()
    type(land.parcel).objects.select_for_update().get(pk=land.parcel_id)


def test_whoever_takes_the_land_before_its_parcel_meets_a_deadlock(land):
    archive = partial(services.archive, record=land.parcel, version=1, reason="重复登记", actor=SYSTEM)
    assert deadlocked(held_up(journal.hold, partial(land_before_the_parcel, land), archive))


# --- archived from above and from below ------------------------------------------------------------------------


@pytest.fixture
def firm_on_land(land):
    """An enterprise with a figure, on a parcel of its platform and town."""
    factories.yearly(land.enterprise)
    services.change(record=land.parcel, values={"platform": land.enterprise.platform}, version=1, actor=SYSTEM)
    return land.enterprise


def with_its_figures(firm):
    YearlyFact.objects.select_for_update().get(enterprise=firm)


def archive_by_api(person, code, record):
    return partial(Script(person, f"/api/ledgers/{code}/{record.pk}/archive/"), "post", body={"reason": "撤并"}, version=1)


@pytest.mark.parametrize("above", ["platform", "town"])
def test_who_archives_a_firm_and_who_archives_what_is_above_it_wait_for_each_other(firm_on_land, settings, above):
    """Both take the parcels before the enterprises."""
    settings.SESSION_PLACES = 8
    permu, upper = factories.person("permu", Role.PER_MU), getattr(firm_on_land, above)
    acts = archive_by_api(permu, "enterprises", firm_on_land), archive_by_api(permu, f"{above}s", upper)
    answers = held_up(partial(with_its_figures, firm_on_land), *acts)
    assert [answer.status_code for answer in answers] == [200, 200]
    counts = [model.objects.live().count() for model in (Enterprise, YearlyFact, LandOccupation, Parcel, Platform)]
    assert counts == [0] * 5
    archived = JournalEntry.objects.filter(act="归档").order_by("seq").values_list("target", flat=True)
    assert [target.partition("：")[0] for target in archived][:3] == ["用地占用", "年度数据", "企业"]


@transaction.atomic
def firm_before_the_parcels(firm):
    """Archive as the house did: the enterprise, what hangs on it, and before the land on them its parcels."""
    Enterprise.objects.select_for_update().get(pk=firm.pk)
    with_its_figures(firm)
    Parcel.objects.select_for_update().get(platform=firm.platform)


def test_whoever_takes_the_firm_before_its_parcels_meets_a_deadlock(firm_on_land):
    archive = partial(services.archive, record=firm_on_land.platform, version=1, reason="撤并", actor=SYSTEM)
    assert deadlocked(held_up(partial(with_its_figures, firm_on_land), partial(firm_before_the_parcels, firm_on_land), archive))


# --- rows that others refer to ---------------------------------------------------------------------------------


def enter_figures(firm, actor=SYSTEM):
    return partial(services.create, model=YearlyFact, values={"enterprise": firm, "year": 2020, "scale": firm.scale}, actor=actor)


@pytest.mark.parametrize("values", [{"name": "改名"}, {"credit_code": factories.credit_code(4711)}], ids=["name", "code"])
def test_a_row_that_refers_to_another_waits_for_nobody_when_it_is_saved(values):
    """What a foreign key asks when the transaction ends is asked before the journal is taken."""
    firm = factories.enterprise()
    change = partial(services.change, record=firm, values=values, version=1, actor=SYSTEM)
    assert errors(held_up(journal.hold, enter_figures(firm), change)) == []


@transaction.atomic
def journal_under_a_full_lock(firm):
    Enterprise.objects.select_for_update().get(pk=firm.pk)
    journal.hold()


@transaction.atomic
def journal_before_the_references(firm):
    """Insert what refers to the firm after the journal was taken, as every act did: the foreign key is asked last."""
    journal.hold()
    enter_figures(firm)()


def test_whoever_locks_a_row_against_references_meets_a_deadlock():
    firm = factories.enterprise()
    assert deadlocked(held_up(journal.hold, partial(journal_before_the_references, firm), partial(journal_under_a_full_lock, firm)))


# --- people ----------------------------------------------------------------------------------------------------


def test_a_person_at_work_and_whoever_resets_his_password_wait_for_each_other():
    """His entry in the journal refers to him."""
    clerk, keeper = factories.person("clerk", Role.PER_MU), factories.person("keeper", Role.SECURITY_ADMIN)
    reset = partial(accounts.reset_password, user=clerk, actor=Actor.of(keeper))
    assert errors(held_up(journal.hold, enter_figures(factories.enterprise(), Actor.of(clerk)), reset)) == []


def test_accounts_that_are_closed_and_whoever_acts_on_one_wait_for_each_other():
    """They are all locked before the first is closed."""
    people = [factories.person(name, Role.PER_MU) for name in ("gone", "back")]
    User.objects.update(active_since=dt.datetime(2018, 1, 1, tzinfo=dt.UTC), last_login=None)
    end = partial(accounts.end_sessions, user=people[0], actor=SYSTEM)
    closed, ended = held_up(journal.hold, partial(accounts.close_unused, actor=SYSTEM), end)
    assert (set(closed), ended) == (set(people), None)


# --- a row somebody holds --------------------------------------------------------------------------------------


@pytest.fixture
def firm():
    return factories.enterprise()


@pytest.fixture
def clerk(settings):
    settings.SESSION_PLACES = 8
    client = signed_in(factories.person("permu", Role.PER_MU))
    client.raise_request_exception = False
    return client


def while_held(hold, act):
    """Do the act while somebody else holds what it wants, and return what came of it."""
    with transaction.atomic():
        hold()
        return at_once(partial(impatient, act))[0]


HOLDS = pytest.mark.parametrize("held", ["row", "journal"])


@pytest.fixture
def hold(firm, held):
    return {"row": lambda: Enterprise.objects.select_for_update().get(pk=firm.pk), "journal": journal.hold}[held]


@HOLDS
def test_a_form_comes_back_with_what_was_typed(clerk, firm, hold):
    page = reverse("ledger:change", args=["enterprises", firm.pk])
    form = clerk.get(page).context["form"]
    values = {name: form[name].value() for name in form.fields} | {"name": "改名"}
    answer = while_held(hold, lambda: clerk.post(page, {name: value for name, value in values.items() if value is not None}))
    text = answer.content.decode()
    assert (answer.status_code, HELD in text, "改名" in text) == (409, True, True)
    assert Enterprise.objects.get().name == firm.name


@HOLDS
def test_a_button_goes_back_to_its_page_with_the_sentence(clerk, firm, hold):
    page, form = reverse("ledger:archive", args=["enterprises", firm.pk]), {"version": 1, "reason": "停产"}
    answer = while_held(hold, lambda: clerk.post(page, form, follow=True))
    assert (answer.redirect_chain, HELD in answer.content.decode()) == ([(page, 302)], True)
    assert Enterprise.objects.get().archived_at is None


@HOLDS
def test_a_script_reads_409(clerk, firm, hold):
    page, form = reverse("ledger:archive", args=["enterprises", firm.pk]), {"version": 1, "reason": "停产"}
    answer = while_held(hold, lambda: clerk.post(page, form, headers={"Accept": "application/json"}))
    assert (answer.status_code, answer.json()) == (409, {"message": HELD})


@HOLDS
def test_the_api_says_409(firm, hold):
    script = Script(factories.person("office", Role.PER_MU), f"/api/ledgers/enterprises/{firm.pk}/")
    answer = while_held(hold, lambda: script("patch", body={"name": "改名"}, version=1))
    assert (answer.status_code, answer.json()) == (409, {"message": HELD})


def test_a_script_in_a_deadlock_reads_409(clerk, firm):
    """What keeps no order, the database ends; whoever it chooses tries again."""
    page, form = reverse("ledger:archive", args=["enterprises", firm.pk]), {"version": 1, "reason": "停产"}

    @transaction.atomic
    def rival():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '60s'")  # so that it is the other who finds the deadlock
        journal.hold()
        Enterprise.objects.select_for_update().get(pk=firm.pk)

    _, answer = held_up(journal.hold, rival, partial(clerk.post, page, form, headers={"Accept": "application/json"}))
    assert (answer.status_code, answer.json()) == (409, {"message": HELD})
    assert Enterprise.objects.get().archived_at is None


def test_nobody_signs_in_unseen(clerk):
    """The journal is held: the sign-in cannot be entered, so it did not happen."""
    stranger, page = Client(raise_request_exception=False), reverse("accounts:sign-in")
    ask = partial(stranger.post, page, {"username": "permu", "password": "Jinyun-2021!"}, follow=True)
    answer = while_held(journal.hold, ask)
    assert (answer.redirect_chain, HELD in answer.content.decode()) == ([(page, 302)], True)
    assert "_auth_user_id" not in stranger.session


def test_a_command_says_so(clerk, tmp_path):
    """It waits as long as the house lets it: that there is an end is the setting's doing."""
    with transaction.atomic():
        journal.hold()
        (outcome,) = at_once(lambda: run("export_ledger", "enterprises", str(tmp_path / "out.xlsx"), "--as", "permu"))
    assert outcome == (1, {"status": "failed", "message": HELD})
