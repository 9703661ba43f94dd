"""Hostile addresses, queries and forms: the answer is a page or a refusal, never a failure.

The test client raises what a view raises, so a failure shows as its traceback.
"""

import itertools
import uuid

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from apps.accounts.choices import Role
from apps.ledger import registry
from tests import factories
from tests.ledger.contract import signed_in

pytestmark = [pytest.mark.deep, pytest.mark.django_db]
FINE = {200, 302, 400, 401, 403, 404, 405, 409, 415, 428}  # 409: refused with a sentence; the API: nobody, no JSON, no version
HUGE = 10**30  # beyond every database's integers
LONG = "9" * 5_000  # beyond what int() takes
VISITORS = [Role.PER_MU, Role.EVALUATOR, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, None]
ARGUMENTS = {
    "IntConverter": [1, HUGE],
    "SlugConverter": ["enterprises", "monthly-facts", "parcels", "nothing"],
    "UUIDConverter": [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)],
    "StringConverter": ["91331122MA00000017", "\x00", "'; --", "x" * 5_000],
}
QUERIES = [
    *({"page": value} for value in ("x", "0", str(10**9), str(HUGE), LONG)),
    *({"sort": value} for value in ("nonsense", "-__class__", "\x00")),
    *({"q": value} for value in ("\x00", "x" * 5_000)),
    *({"year": value} for value in (str(HUGE), "-1", "x", LONG)),
    *({name: value} for name in ("town", "enterprise__platform") for value in ("abc", str(HUGE), LONG, "\x00")),
    *({"place": value} for value in ("p", f"t{HUGE}", f"p{LONG}")),
    *({"as_of": value} for value in ("x", "\x00", "0001-01-01", "9999-12-31", "2021-06-30")),
    *({"view": value} for value in ("x", str(HUGE), "\x00")),
    *({"rows": "all", "filter": value} for value in ("\x00", "year=x&as_of=2021-06-30", "x" * 5_000)),
    *({"rows": "ticked", "pk": value} for value in (str(HUGE), LONG)),
    dict.fromkeys(("view", "run", "row", "sheet", "month", "page_size"), LONG),
    {"columns": "shown", "as_of": "2021-06-30"},
    {"month": str(HUGE)},
    {"archived": "zzz"},
    {"scale": "zzz", "kind": "zzz", "grade": "zzz", "act": "zzz"},
    {"start": "x", "end": "9999-12-31"},
    {"end": "9999-12-31"},
    {"unknown": "1", "per_page": str(HUGE), "__class__": "x", "q[]": "x"},
]


def patterns(resolver=None, space=""):
    """Yield (full name, converters) of every URL pattern of the house."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{space}{entry.namespace}:")
        else:
            yield f"{space}{entry.name}", entry.pattern.converters


def addresses(name, converters):
    """Return the address of a pattern filled with every combination of plausible and hostile arguments."""
    choices = [ARGUMENTS[type(converter).__name__] for converter in converters.values()]
    return [reverse(name, kwargs=dict(zip(converters, values, strict=True))) for values in itertools.product(*choices)]


ALL = dict(patterns())
READ_ONLY = {name: converters for name, converters in ALL.items() if name != "accounts:sign-out"}
LISTS = {name: converters for name, converters in READ_ONLY.items() if not {"pk", "credit_code", "batch"} & converters.keys()}


@pytest.fixture
def rows():
    """One row of most ledgers, so that the first key of each is a real one."""
    park = factories.platform()
    firm = factories.enterprise(platform=park)
    factories.yearly(firm), factories.monthly(firm, 2020, 6), factories.occupation(firm), factories.block(platform=park)
    return firm


def visitor_of(role):
    return signed_in(factories.person(f"visitor_{role}", role)) if role else Client()


@pytest.fixture(params=VISITORS, ids=str)
def visitor(request, rows):
    return visitor_of(request.param)


def strange(answers):
    """Return the addresses whose status is not among the fine ones."""
    return {str(asked)[:200]: status for asked, status in answers if status not in FINE}


def test_any_address_is_answered(visitor):
    urls = [url for name, converters in READ_ONLY.items() for url in addresses(name, converters)]
    assert strange((url, visitor.get(url).status_code) for url in urls) == {}


@pytest.mark.parametrize("queries", [QUERIES[start::3] for start in range(3)], ids=["first third", "second", "last"])
def test_any_query_is_answered(rows, settings, queries):
    """Each page is asked by the first visitor it lets in: it reads a query alike for all of them, and for the others not at all."""
    settings.PACE = {}  # so many questions in a minute are no person's
    clients = [visitor_of(role) for role in VISITORS]
    for name in LISTS:
        url = reverse(name, args=["monthly-facts"] if "code" in LISTS[name] else [])
        client = next((client for client in clients if client.get(url).status_code == 200), clients[0])
        assert strange(((url, query), client.get(url, query).status_code) for query in queries) == {}


SENT = ("version", "year", "method", "post", "user", "number", "value", "name", "saved", "row", "sheet", "pk", "versions", "name_1")


@pytest.mark.parametrize("number", [str(HUGE), LONG], ids=["huge", "long"])
def test_anything_may_be_posted_anywhere(visitor, number):
    urls = [url for name, converters in ALL.items() for url in addresses(name, converters)]
    garbage = dict.fromkeys(SENT, number) | {"q": "\x00", "file": "x"}
    assert strange((url, visitor.post(url, garbage).status_code) for url in urls) == {}


NUMBERS = dict.fromkeys(("area", "area_km2", "output", "staff", "sort", "year", "month"), str(HUGE)) | {"tax": "NaN"}
TEXTS = ("name", "code", "credit_code", "short_name", "address", "reason", "town", "enterprise", "parcel", "start")


@pytest.mark.parametrize(
    "garbage",
    [
        *(NUMBERS, dict.fromkeys(TEXTS, "\x00"), dict.fromkeys(TEXTS, "x" * 5_000)),
        *({"version": version} for version in (str(HUGE), LONG, "abc")),
    ],
    ids=["numbers", "nul", "long", "huge version", "long version", "no version"],
)
def test_forms_full_of_garbage_change_nothing(rows, garbage):
    user = factories.person("visitor", Role.PER_MU)
    client = signed_in(user)
    for code in (
        "enterprises",
        "enterprise-facts",
        "monthly-facts",
        "land-occupation",
        "parcels",
        "platforms",
        "blocks",
        "towns",
        "industries",
    ):
        ledger = registry.get(code)
        record = ledger.model.objects.first()
        form = ledger.form_class(user)(instance=record, user=user)
        values = {name: form[name].value() for name in form.fields} | garbage
        values = {name: "" if value is None else value for name, value in values.items()}
        for name, args in (("create", []), ("change", [record.pk]), ("archive", [record.pk])):
            if name != "archive" or {"version", "reason"} & garbage.keys():
                assert client.post(reverse(f"ledger:{name}", args=[code, *args]), values).status_code in FINE
        assert list(ledger.model.objects.values_list("version", flat=True)) == [1], code
