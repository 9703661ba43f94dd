"""Labels 公开, 内部 and 敏感: what is sensitive is shown and given out to those posts only that one table names (reliability.md B6)."""

import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.choices import ADMINISTRATORS, DataItem, Role
from apps.accounts.rights import RIGHTS, SENSITIVE, may
from apps.core import clock
from apps.journal.models import JournalEntry
from apps.ledger import registry, services
from apps.ledger.models import ListChoice, SavedView
from apps.ledger.tables import key_of
from tests import factories
from tests.commands import run

pytestmark = pytest.mark.django_db
CANARY = "金丝雀三"
SEE = sorted(SENSITIVE["enterprises"])
DO_NOT = sorted(set(Role) - set(SEE) - ADMINISTRATORS)


@pytest.fixture
def firm():
    firm = factories.enterprise("甲厂", platform=factories.platform(), contact="先前的人")
    services.change(record=firm, values={"contact": CANARY}, version=1, actor=factories.SYSTEM)
    return firm


def somebody(role, firm):
    scopes = {
        Role.PARK: {"platform": firm.platform},
        Role.TOWN: {"town": firm.town},
        Role.CHAIN_CHIEF: {"industry": firm.industry},
        Role.CHAIN_OFFICE: {"industry": firm.industry},
        Role.REPORTER: {"data_items": [DataItem.TAX]},
    }
    return factories.person("somebody", role, **scopes.get(role, {}))


def cells(answer):
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None]


def everywhere(client, firm, user):
    """Return door -> whether the name of the contact person comes through it."""
    SavedView.objects.create(owner=factories.person("keeper", Role.PER_MU), ledger="enterprises", name="带联系人", shared=True,
                             columns=["name", "contact"])  # fmt: skip
    ListChoice.objects.create(owner=user, ledger="enterprises", columns=["name", "contact"])
    view = SavedView.objects.get().pk
    one, many = [firm.pk], reverse("ledger:list", args=["enterprises"])
    export = reverse("exchange:export", args=["enterprises"])
    pages = {
        "list": f"{many}?view=",
        "list under a shared view": f"{many}?view={view}",
        "list of a past day": f"{many}?view={view}&as_of={clock.today()}",
        "reading page": reverse("ledger:detail", args=["enterprises", *one]),
        "history": reverse("ledger:history", args=["enterprises", *one]),
        "search": reverse("workbench:search") + f"?q={firm.credit_code}",
        "API row": f"/api/ledgers/enterprises/{firm.pk}/",
        "API list": "/api/ledgers/enterprises/",
        "API history": f"/api/ledgers/enterprises/{firm.pk}/history/",
    }
    found = {door: CANARY in client.get(page).content.decode() for door, page in pages.items()}
    books = {"export": export, "export as shown": f"{export}?columns=shown&view={view}", "official form": f"{export}?form=official"}
    found["csv"] = CANARY in b"".join(client.get(f"{export}?format=csv").streaming_content).decode()
    return found | {door: CANARY in cells(client.get(page)) for door, page in books.items()}


@pytest.mark.parametrize("role", DO_NOT)
def test_no_door_shows_it_to_those_who_are_not_named(client, firm, role):
    user = somebody(role, firm)
    client.force_login(user)
    assert {door for door, seen in everywhere(client, firm, user).items() if seen} == set()
    page = client.get(reverse("ledger:detail", args=["enterprises", firm.pk])).content.decode()
    assert page.count("（敏感信息，您的岗位不显示）") >= 1
    columns = client.get(reverse("ledger:columns", args=["enterprises"])).content.decode()
    assert "联系人" not in columns


@pytest.mark.parametrize("role", SEE)
def test_those_who_are_named_see_it_at_every_door(client, firm, role):
    user = somebody(role, firm)
    client.force_login(user)
    hidden = {door for door, seen in everywhere(client, firm, user).items() if not seen}
    assert hidden == {"search"}


@pytest.mark.parametrize(("role", "label"), [(Role.PER_MU, "敏感"), (Role.LEADER, "内部")])
def test_a_workbook_says_how_far_it_may_go(client, firm, role, label):
    client.force_login(somebody(role, firm))
    book = cells(client.get(reverse("exchange:export", args=["enterprises"])))
    assert [cell for cell in book[:4] if cell.endswith(f"敏感级别：{label}")] != []
    assert JournalEntry.objects.latest("seq").detail["level"] == label
    towns = cells(client.get(reverse("exchange:export", args=["towns"])))
    assert [cell for cell in towns[:4] if cell.endswith("敏感级别：公开")] != []


@pytest.mark.parametrize(("role", "label"), [(Role.PER_MU, "敏感"), (Role.LEADER, "内部")])
def test_a_printed_page_says_how_far_it_may_go(client, firm, role, label):
    """In its head, on paper only; what no ledger labels is 内部."""
    client.force_login(somebody(role, firm))
    pages = {
        reverse("ledger:detail", args=["enterprises", firm.pk]): label,
        reverse("ledger:history", args=["enterprises", firm.pk]): label,
        reverse("ledger:list", args=["enterprises"]): "内部",
        reverse("ledger:list", args=["towns"]): "公开",
        reverse("workbench:home"): "内部",
    }
    heads = {
        page: re.findall(r'<main id="main">\s*<p class="d-none d-print-block.*">敏感级别：(.*)</p>', client.get(page).text)
        for page in pages
    }
    assert heads == {page: [level] for page, level in pages.items()}


@pytest.mark.parametrize("ledger", [ledger for ledger in registry.all() if ledger.sensitive], ids=lambda ledger: ledger.code)
def test_nothing_else_gives_a_sensitive_field_away(ledger):
    """It is neither a declared column, nor searched, filtered or summed; and who writes it is shown it."""
    asked = {*map(key_of, ledger.columns), *ledger.search, *ledger.filterset_class.base_filters, *map(str, ledger.totals), *ledger.bulk}
    assert asked & set(ledger.sensitive) == set()
    writers = {role for role in RIGHTS[ledger.code] for act in ("add", "change", "import", "archive") if may(role, act, ledger.code)}
    assert writers - set(SENSITIVE[ledger.code]) == set()


def test_only_sensitive_ledgers_stand_in_the_table():
    assert set(SENSITIVE) == {ledger.code for ledger in registry.all() if ledger.sensitive}


def test_the_yearly_review_reads_the_labels(tmp_path):
    factories.person("auditor", Role.AUDIT_ADMIN)
    assert run("rights_matrix", tmp_path / "out.xlsx", "--as", "auditor")[0] == 0
    titles, *rows = list(load_workbook(tmp_path / "out.xlsx")["敏感级别"].iter_rows(min_row=3, values_only=True))
    found = {row[0]: dict(zip(titles, row, strict=True)) for row in rows}
    assert (found["企业"]["级别"], found["企业"]["敏感列"], found["企业"]["亩均办"], found["企业"]["县领导"]) == (
        "内部",
        "联系人",
        "✓",
        None,
    )
    assert (found["乡镇街道"]["级别"], found["乡镇街道"]["敏感列"]) == ("公开", None)
