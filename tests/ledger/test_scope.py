"""Two parks: nobody of one reads a name of the other on any page, in a look-up, in a search or in a workbook."""

import copy
import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import Role
from apps.ledger import registry, services
from tests import factories
from tests.ledger.contract import signed_in

pytestmark = pytest.mark.django_db
CANARY = "邻园"  # in every name of the other park
CODES = [ledger.code for ledger in registry.all()]


@pytest.fixture(scope="module")
def other_park(standing):
    """The other park, full of rows, in the same town and industry."""
    park = factories.platform(CANARY, body=f"{CANARY}管委会")
    firm = factories.enterprise(f"{CANARY}泵业", former_name=f"{CANARY}老厂", platform=park)
    factories.yearly(firm, output=7), factories.monthly(firm, 2020, 6, output=7)
    factories.occupation(firm, on=factories.parcel(name=f"{CANARY}一号地", platform=park))
    factories.block(f"{CANARY}北区", platform=park)
    return firm


@pytest.fixture(scope="module")
def own_park(other_park):
    """The own park with one row of everything; its enterprise and its parcel came from the other park."""
    park = factories.platform("本园")
    firm = factories.enterprise("本园泵业", platform=other_park.platform)
    ground = factories.parcel(name="本园一号地", platform=other_park.platform)
    for record in (firm, ground):
        services.change(record=record, values={"platform": park}, version=1, actor=factories.SYSTEM)
    rows = [factories.yearly(firm, output=5), factories.monthly(firm, 2020, 6, output=5), factories.block("本园南区", platform=park)]
    held = factories.occupation(other_park, on=ground, start=dt.date(2016, 1, 1))
    services.change(record=held, values={"enterprise": firm}, version=1, actor=factories.SYSTEM)
    return [park, firm, ground, held, *rows, park.town, firm.industry]


@pytest.fixture
def other(other_park, own_park):
    return copy.deepcopy(other_park)


@pytest.fixture
def own(own_park):
    return copy.deepcopy(own_park)


@pytest.fixture
def client(own):
    return signed_in(factories.person("keeper", Role.PARK, platform=own[0]))


def bodies(client, urls):
    """Return address -> body of every page that may be opened."""
    answers = {url: client.get(url) for url in urls}
    return {url: answer.content.decode() for url, answer in answers.items() if answer.status_code == 200}


def telling(pages):
    return [url for url, body in pages.items() if CANARY in body]


@pytest.mark.parametrize("code", CODES)
def test_lists_and_their_choices_are_silent(client, code):
    url = reverse("ledger:list", args=[code])
    pages = bodies(client, [url, f"{url}?archived=all", f"{url}?year=2020", f"{url}?year=", f"{url}?q=泵业"])
    assert len(pages) == 5
    assert telling(pages) == []


def test_records_with_children_history_and_forms_are_silent(client, own):
    ledgers = {row: registry.of_model(type(row)).code for row in own}
    urls = [reverse(f"ledger:{name}", args=[code, row.pk]) for row, code in ledgers.items() for name in ("detail", "history", "change")]
    urls += [reverse("ledger:create", args=[code]) for code in CODES]
    pages = bodies(client, urls)
    assert len([url for url in urls if url in pages and url.endswith("/history/")]) == len(own)
    assert telling(pages) == []


def test_history_says_that_a_former_place_is_out_of_sight(client, own):
    timeline = client.get(reverse("ledger:history", args=["enterprises", own[1].pk])).context["timeline"]
    assert [list(entry["changes"]) for entry in timeline] == [[("平台", "（您的范围以外）", "本园")], []]


@pytest.mark.parametrize("code", CODES)
def test_look_up_is_silent(client, code):
    for words in ("", CANARY):
        rows = client.get(reverse("ledger:lookup", args=[code]), {"q": words}).json()["rows"]
        assert [row for row in rows if CANARY in row["label"]] == []


def test_search_finds_nothing_of_the_other_park(client):
    found = client.get(reverse("workbench:search"), {"q": "泵业"}).context["found"]
    assert [str(row) for row in found[0]["rows"]] == ["本园泵业"]
    assert {word for group in found for row in group["rows"] for word in [str(row)] if "本园泵业" not in word} == set()
    assert client.get(reverse("workbench:search"), {"q": CANARY}).context["found"] == []


@pytest.mark.parametrize("code", [ledger.code for ledger in registry.all() if ledger.resource])
def test_workbooks_are_silent(client, code):
    answer = client.get(reverse("exchange:export", args=[code]), {"archived": "all"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    values = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
    assert values and [value for value in values if CANARY in value] == []


def test_sums_count_only_the_own_park(client):
    sums = client.get(reverse("ledger:list", args=["enterprise-facts"]), {"year": "2020"}).context["sums"]
    assert [value for _, value, _ in sums[:2]] == [1, 5]


def test_places_to_filter_by_end_at_the_scope(client, own):
    filterset = client.get(reverse("ledger:list", args=["enterprises"])).context["filterset"]
    assert [name for _, name in filterset.form.fields["place"].choices] == ["全部", "本园", "壶镇镇"]


def test_a_row_of_the_other_park_is_not_there_by_its_address(client, other):
    figures = [other.yearly_facts.get(), other.monthly_facts.get(), other.occupations.get()]
    rows = [other, other.platform, *figures, other.platform.blocks.get()]
    urls = [reverse(f"ledger:{name}", args=[registry.of_model(type(row)).code, row.pk]) for row in rows for name in ("detail", "history")]
    assert {client.get(url).status_code for url in urls} == {404}


def test_a_form_does_not_take_a_parcel_of_the_other_park(client, own, other):
    values = {"enterprise": own[1].credit_code, "kind": "leased", "area": "1", "start": "2021-01-01"}
    page = client.post(reverse("ledger:create", args=["land-occupation"]), values | {"parcel": other.occupations.get().parcel.code})
    assert page.context["form"].errors == {"parcel": ["没有这一宗地，或不在您的范围内；请从提示中选取。"]}


@pytest.mark.parametrize("code", CODES)
def test_the_api_is_silent(client, own, code):
    url = f"/api/ledgers/{code}/"
    lists = [url, f"{url}?archived=all", f"{url}?q=泵业", f"{url}?page_size=200"]
    rows = [f"{url}{row.pk}/{tail}" for row in own if registry.of_model(type(row)).code == code for tail in ("", "history/")]
    pages = bodies(client, [*lists, *rows])
    assert len(pages) == len(lists) + len(rows)
    assert telling(pages) == []


def test_the_api_counts_and_sums_only_the_own_park(client):
    answer = client.get("/api/ledgers/enterprise-facts/", {"year": "2020"}).json()
    assert (answer["count"], [total["value"] for total in answer["totals"][:2]]) == (1, ["1", "5.00"])


def test_a_row_of_the_other_park_is_not_there_over_the_api(client, other):
    for row in (other, other.platform, other.yearly_facts.get(), other.occupations.get()):
        url = f"/api/ledgers/{registry.of_model(type(row)).code}/{row.pk}/"
        headers = {"If-Match": '"1"'}
        answers = [client.get(url), client.get(f"{url}history/")]
        answers += [
            client.patch(url, "{}", "application/json", headers=headers),
            client.put(url, "{}", "application/json", headers=headers),
        ]
        assert {answer.status_code for answer in answers} <= {403, 404}
        assert [answer.status_code for answer in answers[:2]] == [404, 404]
        assert [answer for answer in answers if CANARY in answer.content.decode()] == []


def test_a_reference_to_the_other_park_is_not_there(client, own, other):
    """Neither by its number nor by its key nor through a row of one's own; the sentence does not say which."""
    firm = own[1]
    for body in ({"platform": other.platform.pk}, {"platform": 10**6}):
        answer = client.patch(f"/api/ledgers/enterprises/{firm.pk}/", body, "application/json", headers={"If-Match": '"2"'})
        assert (answer.status_code, answer.json()["errors"]) == (400, {"platform": ["不存在或不在您的范围内。"]})
    for key in (other.pk, other.credit_code, 10**6, "91331122MA0000001X"):
        body = {"enterprise": key, "parcel": own[2].code, "kind": "owned", "area": "1", "start": "2021-01-01"}
        answer = client.post("/api/ledgers/land-occupation/", body, "application/json")
        assert (answer.status_code, answer.json()["errors"]) == (400, {"enterprise": ["不存在或不在您的范围内。"]})


def test_a_reporter_writes_only_its_own_items_over_the_api(own):
    reporter = signed_in(factories.person("tax", Role.REPORTER, data_items=["tax"]))
    fact = own[1].yearly_facts.get()
    url, headers = f"/api/ledgers/enterprise-facts/{fact.pk}/", {"If-Match": '"1"'}
    answer = reporter.patch(url, {"tax": "8.88", "output": "9"}, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["errors"]) == (400, {"output": ["您的岗位或当前环节不能填写这一项。"]})
    answer = reporter.patch(url, {"tax": "8.88"}, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["tax"], answer.json()["output"]) == (200, "8.88", "5.00")
