"""A name where the code is missing: what is certain is taken and said, everything else is asked."""

from decimal import Decimal as D
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from apps.accounts.choices import Role
from apps.enterprises.models import Enterprise, YearlyFact
from apps.exchange.models import Batch, ConfirmedName, NameInFile
from apps.exchange.naming import alike, closest, closest_word, core, key_of_name
from apps.journal.models import JournalEntry
from apps.ledger import services as ledger
from tests import factories
from tests.exchange.books import CODE, NAME, book, load, places
from tests.exchange.test_pages import page_of, upload

KIND = "enterprise-facts"
HEADER = ["单位名称", "年份", "评价税收（万元）"]


@pytest.fixture
def tax(db):
    office = factories.organisation("县税务局")
    return factories.person("dept_tax", Role.REPORTER, data_items=["tax"], organisation=office)


@pytest.fixture
def clerk(client, tax):
    client.force_login(tax)
    return client


def sheet(path, *names):
    return book(path, HEADER, *([name, 2020, number] for number, name in enumerate(names, start=1)))


def names_page(batch):
    return reverse("exchange:names", args=[batch.pk])


def uploaded(client, path, kind=KIND):
    upload(client, path, kind)
    return Batch.objects.first()


def answer(client, batch, **answers):
    """Answer names (written name -> primary key, "skip" or "") and return the batch, judged again."""
    names = {name.written: name.pk for name in batch.names.all()}
    client.post(names_page(batch), {f"name_{names[written]}": said for written, said in answers.items()})
    return Batch.objects.get(pk=batch.pk)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("示例甲机械有限公司", "示例甲机械有限责任公司"),
        ("示例甲（缙云）机械有限公司", "示例甲(缙云) 机械有限公司"),
        ("示例甲机械有限公司", "浙江省缙云县示例甲机械有限公司"),
        ("示例甲机械有限公司", "丽水市示例甲机械有限公司"),
        ("缙云县示例甲机械有限公司", "浙江省丽水市缙云县示例甲机械有限公司"),
        ("示例ＡＢ机械有限公司", "示例ab机械有限公司"),
    ],
)
def test_the_same_name_written_in_two_ways(one, other):
    assert key_of_name(one) in alike(key_of_name(other))
    assert key_of_name(other) in alike(key_of_name(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("示例甲机械有限公司", "示例甲机械股份有限公司"),
        ("浙江示例甲机械有限公司", "缙云示例甲机械有限公司"),
        ("示例甲机械有限公司", "示例乙机械有限公司"),
        ("缙云县示例甲机械有限公司", "丽水市示例甲机械有限公司"),
        ("缙云县示例甲机械有限公司", "浙江省示例甲机械有限公司"),
        ("缙云县示例甲机械有限公司", "缙云县丽水市示例甲机械有限公司"),
        ("丽水市示例甲机械有限公司", "缙云县丽水市示例甲机械有限公司"),
        ("缙云县", "浙江省"),
    ],
)
def test_two_names_that_are_not_the_same(one, other):
    assert key_of_name(one) not in alike(key_of_name(other))
    assert key_of_name(other) not in alike(key_of_name(one))


@pytest.fixture
def lathe(db):
    return factories.enterprise("缙云县景志精密模具股份有限公司（示例）")


@pytest.mark.parametrize("region", ["丽水市", "浙江省", "浙江省丽水市", "缙云县丽水市"])
def test_a_name_with_another_region_is_a_question(tmp_path, clerk, lathe, region):
    written = f"{region}景志精密模具股份有限公司（示例）"
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", written))
    assert (batch.state, [(name.found, name.candidates[0][0]) for name in batch.names.all()]) == ("errors", [("close", lathe.pk)])
    assert answer(clerk, batch, **{written: lathe.pk}).state == "ready"


@pytest.mark.parametrize("region", ["", "缙云县", "浙江省缙云县", "浙江省丽水市缙云县"])
def test_a_name_with_its_own_region_or_none_is_certain(tmp_path, clerk, lathe, region):
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", f"{region}景志精密模具股份有限公司（示例）"))
    assert (batch.state, [(name.found, name.target) for name in batch.names.all()]) == ("ready", [("same", lathe.pk)])


def test_of_two_regions_the_written_one_is_certain_and_none_is_a_question(tmp_path, clerk, lathe):
    other = factories.enterprise("丽水市景志精密模具股份有限公司（示例）")
    names = [other.name, "景志精密模具股份有限公司（示例）"]
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", *names))
    assert [(name.written, name.found, name.target) for name in batch.names.all()] == [
        (names[0], "same", other.pk), (names[1], "several", None),
    ]  # fmt: skip


def test_the_code_of_one_beside_the_name_of_another_region_is_said_or_an_error(tmp_path, tax, lathe):
    """An error as soon as a firm of that name is there; without one nobody else is meant."""
    written = "丽水市景志精密模具股份有限公司（示例）"
    path = book(tmp_path / "a.xlsx", [CODE, NAME, *HEADER[1:]], [lathe.credit_code, written, 2020, 1])
    document = load(KIND, path, tax, "--dry-run")[1]
    assert (document["errors"], f"“{written}”与台账中的“{lathe.name}”不同，按代码认定" in document["notes"][0]) == ([], True)
    factories.enterprise(written)
    assert places(load(KIND, path, tax, "--dry-run")[1]) == [(2, "B")]


def test_a_confirmed_name_is_remembered_with_its_region(tmp_path, clerk, tax, lathe):
    answer(clerk, uploaded(clerk, sheet(tmp_path / "a.xlsx", "丽水市景志模具厂")), 丽水市景志模具厂=lathe.pk)
    assert load(KIND, sheet(tmp_path / "b.xlsx", "丽水市景志模具厂"), tax, "--dry-run")[0] == 0
    assert load(KIND, sheet(tmp_path / "c.xlsx", "浙江省景志模具厂"), tax, "--dry-run")[0] == 1


def test_stored_keys_are_computed_again_with_the_region(tmp_path, clerk, tax, lathe):
    """As the migration does it: both a name an office confirmed and the answer for a file stay valid."""
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", "丽水市景志模具厂"))
    answer(clerk, batch, 丽水市景志模具厂=lathe.pk)
    ConfirmedName.objects.update(key="景志模具厂"), NameInFile.objects.update(key="景志模具厂")
    import_module("apps.exchange.migrations.0006_names_with_their_region").keep_the_region(apps, None)
    assert {*ConfirmedName.objects.values_list("key", flat=True), *NameInFile.objects.values_list("key", flat=True)} == {"丽水市景志模具厂"}
    assert load(KIND, sheet(tmp_path / "b.xlsx", "丽水市景志模具厂"), tax, "--dry-run")[0] == 0


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("衡阳食品股份公司", "缙云县衡阳食品股份有限公司（示例）"),
        ("衡阳食品", "缙云县衡阳食品股份有限公司（示例）"),
        ("衡阳厂", "缙云县衡阳厂（普通合伙）"),
        ("衡阳投资", "缙云县衡阳投资中心（有限合伙）"),
        ("衡阳泵业", "衡阳泵业有限公司（自然人独资）"),
    ],
)
def test_what_a_licence_adds_in_brackets_does_not_hide_a_close_name(written, known):
    known = key_of_name(known)
    assert closest(key_of_name(written), {known: core(known)})[0][0] == known


@pytest.mark.parametrize(
    "note", ["（停产）", "（新增）", " 注：搬迁", "（已注销）", "（原新力厂）", "（2020年起停产，厂房整体出租给其他企业使用）"]
)
@pytest.mark.parametrize("name", ["缙云县三力机械有限公司", "浙江永兴阀门股份有限公司（示例）", "缙云县壶镇镇大力锯床厂", "衡阳厂"])
def test_a_note_behind_a_name_does_not_hide_it(name, note):
    keys = {key: core(key) for key in map(key_of_name, [name, "缙云县别处电器有限公司"])}
    assert closest(key_of_name(name + note), keys)[0][0] == key_of_name(name)


def test_a_branch_is_not_its_firm_with_a_note():
    assert core(key_of_name("甲有限公司缙云分公司")) == "甲有限公司缙云分"


def test_a_name_with_a_note_is_offered_and_never_taken(tmp_path, clerk, lathe):
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", f"{lathe.name}（停产）"))
    assert (batch.state, [(name.found, name.candidates[0][0]) for name in batch.names.all()]) == ("errors", [("close", lathe.pk)])


def test_the_closest_word_is_none_where_two_are_as_near():
    assert closest_word("五云街", ["五云街道", "新碧街道"]) == "五云街道"
    assert closest_word("规大", ["规上", "规下"]) is None
    assert closest_word("别的什么", ["五云街道"]) is None


def test_a_sheet_without_codes_is_read_by_names_and_every_row_is_said(tmp_path, tax, firm):
    former = factories.enterprise("示例乙机械有限公司", former_name="示例旧名有限公司")
    path = sheet(tmp_path / "a.xlsx", "缙云县示例甲机械有限责任公司", "示例旧名有限公司")
    code, document = load(KIND, path, tax)
    assert (code, document["new"]) == (0, 2)
    assert [(fact.enterprise, fact.tax) for fact in YearlyFact.objects.order_by("tax")] == [(firm, D(1)), (former, D(2))]
    said = next(note for note in document["notes"] if note.startswith("A 列“企业名称”"))
    assert f"第 2 行 “缙云县示例甲机械有限责任公司”按名称认定为 {firm.name}（{firm.credit_code}）" in said
    assert f"第 3 行 “示例旧名有限公司”按曾用名认定为 {former.name}（{former.credit_code}）" in said
    kept = [(name.written, name.rows, name.found, name.candidates[0][1]) for name in Batch.objects.get().names.all()]
    assert kept == [
        ("缙云县示例甲机械有限责任公司", [2], "same", firm.credit_code), ("示例旧名有限公司", [3], "former", former.credit_code),
    ]  # fmt: skip


def test_a_row_without_its_code_is_read_by_its_name_and_one_with_a_code_by_that(tmp_path, tax, firm):
    other = factories.enterprise("示例乙机械有限公司")
    rows = [[other.credit_code, "随手写的名称", 2020, 1], [None, firm.name, 2020, 2]]
    assert load(KIND, book(tmp_path / "a.xlsx", [CODE, NAME, *HEADER[1:]], *rows), tax)[1]["new"] == 2
    assert dict(YearlyFact.objects.values_list("enterprise", "tax")) == {other.pk: D(1), firm.pk: D(2)}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("示例乙机械有限公司", "名称"),
        ("缙云县示例乙机械有限责任公司", "名称"),
        ("示例旧名有限公司", "曾用名"),
    ],
)
def test_the_code_of_one_beside_the_name_of_another_is_an_error(tmp_path, tax, firm, written, said):
    """Names shifted by a row against codes and figures: neither can be trusted."""
    other = factories.enterprise("示例乙机械有限公司", former_name="示例旧名有限公司")
    path = book(tmp_path / "a.xlsx", [CODE, NAME, *HEADER[1:]], [firm.credit_code, written, 2020, 1])
    code, document = load(KIND, path, tax)
    assert (code, places(document), YearlyFact.objects.count()) == (1, [(2, "B")], 0)
    assert document["errors"][0]["message"] == (
        f"企业名称：“{written}”是另一企业（{other.credit_code}）的{said}，本行代码是“{firm.name}”的；"
        "请核对代码和名称是否错行，改正后重新上传。"
    )


@pytest.mark.parametrize("written", ["缙云县示例同名有限责任公司", "缙云县示例曾用名有限公司"])
def test_a_name_the_firm_bears_too_is_no_error(tmp_path, tax, written):
    """Two firms of one name, and one whose former name another bears today."""
    firm = factories.enterprise("示例同名有限公司", former_name="示例曾用名有限公司")
    factories.enterprise("示例同名有限公司"), factories.enterprise("示例曾用名有限公司")
    path = book(tmp_path / "a.xlsx", [CODE, NAME, *HEADER[1:]], [firm.credit_code, written, 2020, 1])
    assert load(KIND, path, tax)[1]["new"] == 1


def test_the_name_of_a_firm_out_of_sight_tells_nothing(tmp_path, db):
    own, other = factories.platform("丽缙园"), factories.platform("别处园", town=factories.town("别处镇"))
    mine, hidden = factories.enterprise("示例甲机械有限公司", platform=own), factories.enterprise("示例乙机械有限公司", platform=other)
    park, ground = factories.person("park", Role.PARK, platform=own), factories.parcel(platform=own)
    header, row = [CODE, NAME, "宗地编号", "占用方式", "起始日期", "面积（亩）"], [mine.credit_code, hidden.name]
    path = book(tmp_path / "a.xlsx", header, [*row, ground.code, "自有", "2016-05-01", 1])
    code, document = load("land-occupation", path, park, "--dry-run")
    assert places(document) == []
    assert f"“{hidden.name}”与台账中的“{mine.name}”不同，按代码认定" in document["notes"][0]


def test_a_close_name_is_never_taken_but_offered(tmp_path, clerk, tax, firm):
    path = sheet(tmp_path / "a.xlsx", "示例甲机械制造有限公司")
    code, document = load(KIND, path, tax)
    assert (code, places(document), YearlyFact.objects.count()) == (1, [(2, "A")], 0)
    assert f"没有名为“示例甲机械制造有限公司”的企业，您是否指：{firm.name}（{firm.credit_code}）" in document["errors"][0]["message"]
    batch = uploaded(clerk, path)
    page = clerk.get(page_of(batch)).content.decode()
    assert names_page(batch) in page and "确认名称（1 个）" in page
    (name,) = clerk.get(names_page(batch)).context["object_list"]
    assert (name.written, name.rows) == ("示例甲机械制造有限公司", [2])
    pk, credit_code, title, town, score = name.candidates[0]
    assert (pk, credit_code, title, town) == (firm.pk, firm.credit_code, firm.name, firm.town.name)
    assert 60 <= score < 100


def test_it_is_this_one_and_the_office_remembers(tmp_path, clerk, tax, firm):
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", "示例甲机械制造有限公司"))
    batch = answer(clerk, batch, 示例甲机械制造有限公司=firm.pk)
    assert (batch.state, batch.counts["new"]) == ("ready", 1)
    assert any("按您的确认认定为" in note for note in batch.notes)
    clerk.post(page_of(batch))
    assert YearlyFact.objects.get().enterprise == firm
    assert JournalEntry.objects.get(act="确认名称").detail["names"] == {"示例甲机械制造有限公司": firm.credit_code}
    known = ConfirmedName.objects.get()
    assert (known.written, known.target, known.organisation.name, known.user) == ("示例甲机械制造有限公司", firm.pk, "县税务局", tax)

    document = load(KIND, book(tmp_path / "b.xlsx", HEADER, ["示例甲机械制造有限责任公司", 2021, 5]), tax)[1]
    assert (document["status"], document["new"]) == ("done", 1)
    assert any("按本单位已确认的名称认定为" in note for note in document["notes"])


def test_a_remembered_name_is_the_offices_own_and_can_be_removed(tmp_path, clerk, client, tax, firm):
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", "示例甲机械制造有限公司"))
    answer(clerk, batch, 示例甲机械制造有限公司=firm.pk)
    known = ConfirmedName.objects.get()
    address = reverse("exchange:known-names")
    stranger = factories.person("other", Role.REPORTER, data_items=["tax"], organisation=factories.organisation("县统计局"))
    path = sheet(tmp_path / "b.xlsx", "示例甲机械制造有限公司")
    assert load(KIND, path, stranger, "--dry-run")[0] == 1
    client.force_login(stranger)
    assert list(client.get(address).context["object_list"]) == []
    assert client.post(address, {"name": known.pk}).status_code == 404
    client.force_login(tax)
    assert [(name, record) for name, record in client.get(address).context["rows"]] == [(known, firm)]
    assert client.post(address, {"name": known.pk}).status_code == 302
    assert ConfirmedName.objects.count() == 0
    assert JournalEntry.objects.filter(act="取消已确认的名称").exists()
    assert load(KIND, path, tax, "--dry-run")[0] == 1


def test_not_this_one_passes_the_row_over(tmp_path, clerk, firm):
    other = factories.enterprise("示例乙机械有限公司")
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", "示例甲机械制造有限公司", other.name))
    batch = answer(clerk, batch, 示例甲机械制造有限公司="skip")
    assert (batch.state, batch.counts["new"], batch.rows.count()) == ("ready", 1, 1)
    assert "按您的决定跳过的行，共 1 行：第 2 行。" in batch.notes
    clerk.post(page_of(batch))
    assert YearlyFact.objects.get().enterprise == other
    assert ConfirmedName.objects.count() == 0


def test_later_leaves_the_row_an_error_and_an_answer_can_be_taken_back(tmp_path, clerk, firm):
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", "示例甲机械制造有限公司"))
    batch = answer(clerk, batch, 示例甲机械制造有限公司="")
    assert (batch.state, batch.counts["error"]) == ("errors", 1)
    batch = answer(clerk, batch, 示例甲机械制造有限公司="skip")
    assert batch.state == "ready"
    batch = answer(clerk, batch, 示例甲机械制造有限公司="")
    assert (batch.state, batch.counts["error"]) == ("errors", 1)


def test_two_of_one_name_are_always_a_question(tmp_path, clerk, firm):
    twin = factories.enterprise(firm.name, town=factories.town("新建镇"))
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", firm.name))
    assert batch.state == "errors"
    (name,) = batch.names.all()
    assert (name.found, {pk for pk, *_ in name.candidates}) == ("several", {firm.pk, twin.pk})
    batch = answer(clerk, batch, **{firm.name: twin.pk})
    clerk.post(page_of(batch))
    assert YearlyFact.objects.get().enterprise == twin


def test_a_name_nobody_knows_can_only_be_passed_over(tmp_path, clerk, firm):
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", "完全陌生的厂", firm.name))
    (name,) = clerk.get(names_page(batch)).context["object_list"]
    assert (name.found, name.candidates) == ("unknown", [])
    assert answer(clerk, batch, 完全陌生的厂="skip").counts["new"] == 1


@pytest.mark.parametrize("said", ["999999", "firm"])
def test_an_answer_that_was_not_offered_is_refused(tmp_path, clerk, firm, said):
    """Neither a record that is not there nor one that was not among the candidates, nor a name of another file."""
    stranger = factories.enterprise("毫不相干的企业")
    batch = uploaded(clerk, sheet(tmp_path / "a.xlsx", "示例甲机械制造有限公司"))
    key = batch.names.get().pk
    target = stranger.pk if said == "firm" else said
    page = clerk.post(names_page(batch), {f"name_{key}": target}, follow=True).content.decode()
    assert "不在这批数据的核对结果中" in page
    assert (batch.names.get().answer, ConfirmedName.objects.count()) == ("", 0)


def test_only_enterprises_in_sight_are_found_or_offered(tmp_path, db):
    """Park staff learn nothing of a firm beyond their park, however they write its name."""
    own, other = factories.platform("丽缙园"), factories.platform("别处园", town=factories.town("别处镇"))
    firm = factories.enterprise("示例甲机械有限公司", platform=other)
    park = factories.person("park", Role.PARK, platform=own)
    header, on = ["企业名称", "宗地编号", "占用方式", "起始日期", "面积（亩）"], factories.parcel(platform=own)
    for written in (firm.name, "示例甲机械制造有限公司"):
        path = book(tmp_path / "a.xlsx", header, [written, on.code, "自有", "2016-05-01", 1])
        code, document = load("land-occupation", path, park)
        assert (code, places(document)) == (1, [(2, "A")])
        assert firm.credit_code not in str(document) and "不在台账中或不在您的范围内" in document["errors"][0]["message"]


def test_an_archived_enterprise_is_not_taken_by_its_name(tmp_path, tax, firm):
    ledger.archive(record=firm, version=1, reason="注销", actor=factories.SYSTEM)
    assert load(KIND, sheet(tmp_path / "a.xlsx", firm.name), tax)[0] == 1


def test_the_same_enterprise_by_code_and_by_name_is_one_row_too_many(tmp_path, tax, firm):
    rows = [[firm.credit_code, firm.name, 2020, 1], [None, firm.name, 2020, 2]]
    code, document = load(KIND, book(tmp_path / "a.xlsx", [CODE, NAME, *HEADER[1:]], *rows), tax)
    assert (code, places(document)) == (1, [(3, "B")])
    assert "与第 2 行重复" in document["errors"][0]["message"]


def test_a_new_enterprise_still_needs_its_code(tmp_path, permu):
    path = book(tmp_path / "a.xlsx", [NAME, "规模", "乡镇街道", "产业"], ["示例新厂", "规上", "五云街道", "现代装备"])
    assert "缺少必需的列：“统一社会信用代码”" in load("enterprises", path, permu)[1]["message"]
    assert Enterprise.objects.count() == 0


def test_the_closest_town_platform_and_choice_are_offered(tmp_path, permu):
    factories.town("五云街道"), factories.town("新碧街道"), factories.industry("现代装备")
    park = factories.platform("丽缙园", town=factories.town("壶镇镇"))
    path = book(
        tmp_path / "a.xlsx",
        [CODE, NAME, "规模", "乡镇街道", "平台", "产业"],
        [factories.credit_code(), "示例厂", "规上企业", "五云街到", "丽缙园全程", "现代装备业"],
    )
    code, document = load("enterprises", path, permu)
    said = {error["column"]: error["message"] for error in document["errors"]}
    assert code == 1
    assert "您是否指：五云街道？" in said["D"]
    assert f"您是否指：{park.short_name}？" in said["E"]
    assert "您是否指：现代装备？" in said["F"]
    assert "您是否指：规上？" in said["C"]
