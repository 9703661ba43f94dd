"""The methods as data: values as printed, every value with its source, nothing changed silently."""

from decimal import Decimal

import pytest

from apps.core.errors import Refused
from apps.grading import methods
from apps.grading.rules.method import GROUP_RATIO, Basis, MethodFault, parse


def values(code, group):
    return [(line.code, line.weight.value, line.benchmark.value) for line in methods.get(code).groups[group].indicators]


def test_huangyan_2021_as_printed():
    """Domain 1.4, data year 2021 [S2]."""
    assert values("huangyan-2021", "above") == [
        ("I1", 30, Decimal("26.01")),
        ("I2", 20, Decimal("132.27")),
        ("I3", 20, Decimal("2.54")),
        ("I4", 10, Decimal("4861.08")),
        ("I5", 10, Decimal("17.45")),
        ("I6", 10, Decimal("0.0305")),
    ]
    assert values("huangyan-2021", "below") == [("J1", 50, Decimal("16.601058")), ("J2", 50, Decimal("0.236565"))]


def test_huangyan_2022_as_printed():
    """Domain 1.4, data year 2022 [S1]."""
    assert values("huangyan-2022", "above") == [
        ("I1", 30, Decimal("24.097")),
        ("I2", 20, Decimal("136.16")),
        ("I3", 20, Decimal("2.694")),
        ("I4", 10, Decimal("4929.81")),
        ("I5", 10, Decimal("18.14")),
        ("I6", 10, Decimal("0.0302")),
    ]
    assert values("huangyan-2022", "below") == [("J1", 50, Decimal("11.5932")), ("J2", 50, Decimal("0.2352"))]


def test_sample_borrows_the_weights_and_takes_the_groups_ratio():
    for group in ("above", "below"):
        borrowed = [(code, weight, GROUP_RATIO) for code, weight, _ in values("huangyan-2021", group)]
        assert values("jinyun-sample", group) == borrowed


def test_what_no_document_gives_is_marked():
    sample, printed = methods.get("jinyun-sample"), methods.get("huangyan-2022")
    for group in sample.groups.values():
        assert (group.quotas.value, group.cap.value) == ((20, 45, 30, 5), Decimal("1.5"))
        assert (group.quotas.source.basis, group.cap.source.basis) == (Basis.ASSUMPTION, Basis.ASSUMPTION)
    for group in printed.groups.values():
        assert (group.quotas.source.basis, group.cap.source.basis) == (Basis.UNPUBLISHED, Basis.UNPUBLISHED)
    assert {method.floor.below.source.basis for method in methods.catalogue().values()} == {Basis.PLAN}


def test_catalogue_starts_with_the_default():
    assert list(methods.catalogue()) == ["jinyun-sample", "huangyan-2021", "huangyan-2022"]


@pytest.mark.parametrize(
    ("code", "fingerprint"),
    [("jinyun-sample", "322271f38aa8b562"), ("huangyan-2021", "f2d332ec9bea4c50"), ("huangyan-2022", "d8774fed57267224")],
)
def test_a_used_version_never_changes(code, fingerprint):
    """Who changes a value makes a new version (and a new line here); old runs stay comparable."""
    method = methods.get(code)
    assert (method.version, method.content_hash[:16]) == (1, fingerprint)


def test_a_stored_copy_reads_back_the_same():
    method = methods.get("huangyan-2022")
    assert parse(method.content) == method


def test_unknown_method_is_refused():
    with pytest.raises(Refused, match="没有名为“x”的评价办法"):
        methods.get("x")


def wrong(content):
    content["groups"][0]["indicators"][0]["weight"]["value"] = 31


def nowhere(content):
    content["groups"][0]["cap"]["source"] = "nowhere"


def too_much(content):
    content["groups"][1]["quotas"]["value"] = [20, 45, 30, 6]


def unknown_figure(content):
    content["floor"]["numerator"] = "profits"


def a_group_short(content):
    del content["groups"][1]


def no_plain_code(content):
    content["groups"][0]["indicators"][0]["code"] = 'I"1'


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (wrong, "weights of above"),
        (nowhere, "nowhere"),
        (too_much, "quotas of below"),
        (unknown_figure, "profits"),
        (a_group_short, "each once"),
        (no_plain_code, "letters and digits"),
    ],
)
def test_a_contradiction_is_found_when_the_method_is_read(spoil, fault):
    content = parse(methods.get("jinyun-sample").content).content
    spoil(content)
    with pytest.raises(MethodFault, match=fault):
        parse(content)
