"""Every page type at both widths: no serious finding of axe, nothing refused by the security policy, no sideways scroll."""

import re
from pathlib import Path

import pytest

AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text()
AUDIT = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .map(v => [v.impact, v.id, v.nodes.map(n => n.html).slice(0, 3)])"""
DEEPER = ["/assessments/values/", "/grading/20", "/exchange/batches/", "/jobs/"]  # pages only other pages lead to
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"

LISTS = ["enterprises", "enterprise-facts", "monthly-facts", "land-occupation", "parcels", "platforms", "towns", "industries"]
FIXED = {
    "permu": [
        "/",
        *(f"/ledger/{code}/" for code in LISTS),
        "/ledger/enterprises/new/",
        "/ledger/enterprises/?as_of=2026-01-01",
        "/ledger/enterprises/columns/",
        "/ledger/enterprises/views/new/?scale=above",
        "/ledger/enterprises/bulk/?rows=ticked&pk=1&pk=2",
        "/ledger/enterprises/batches/",
        "/search/?q=jy",
        "/grading/2020/91331122MA9000011G/",
    ],
    "sysadmin": ["/people/new/"],
    "secadmin": ["/people/4/", "/people/4/grant/"],
    "auditor": ["/journal/?verify=1"],
    "office_equipment": ["/chains/1/"],
    "evaluator": ["/assessments/1/", "/assessments/1/fill/"],
    "leader": ["/plan/check/", "/plan/tables/", "/people/me/", "/people/me/password/"],
}


@pytest.fixture(scope="module")
def walked():
    """The page types seen so far, by width: the second person who has one need not wait for it again."""
    return {"desk": set(), "phone": set()}


@pytest.mark.browser
@pytest.mark.parametrize("width", ["desk", "phone"])
@pytest.mark.parametrize("username", sorted(FIXED))
def test_pages(office, sign_in, photos, walked, username, width):
    page = sign_in(username, width)
    menu = page.eval_on_selector_all("#menu a", "links => links.map(link => link.getAttribute('href'))")
    ahead = [*FIXED[username], *menu]
    for number, path in enumerate(ahead):  # grows while it is walked
        if type_of(path) in walked[width]:
            continue
        walked[width].add(type_of(path))
        answer = page.goto(office.url(path))
        refused_with_reason = path.endswith("/archive/") and answer.status == 409  # what hangs on the record stands in the way
        assert answer.status == 200 or refused_with_reason, (path, answer.status)
        page.screenshot(path=photos / f"{username}-{width}-{number:02d}-{name_of(path)}.png", full_page=True)
        page.evaluate(AXE)
        serious = [finding for finding in page.evaluate(AUDIT) if finding[0] in ("serious", "critical")]
        assert serious == [], path
        assert page.evaluate(SIDEWAYS) <= 0, path
        ahead += beyond(page, path)
    assert page.refused == []


def beyond(page, path):
    """Return what this page leads to: the first record of its list, the acts on a record, the pages only other pages lead to."""
    first = page.query_selector("main table.walk td a[href]")
    acts = page.eval_on_selector_all("main a", "links => links.map(link => link.getAttribute('href'))")
    links = [first.get_attribute("href")] if first else []
    links += [path + act for act in ("change/", "archive/", "history/") if path.startswith("/ledger/") and path + act in acts]
    deeper = [page.query_selector(f"main a[href^='{start}']") for start in DEEPER]
    return links + [link.get_attribute("href") for link in deeper if link]


def type_of(path):
    """Return what pages of one type share: the address without the numbers of records; what is asked of it belongs to it."""
    return re.sub(r"/(\d+|[0-9a-f-]{36}|\w{18})(?=/)", "/N", path)


def name_of(path):
    return path.strip("/").split("?")[0].replace("/", "_") or "home"
