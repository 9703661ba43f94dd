"""A method of evaluation as data: groups, indicators, weights, benchmarks, cap, quotas, floor, each value with its source."""

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from apps.grading.rules.figures import FIGURES

GRADES = ("A", "B", "C", "D")
NOT_GRADED = "N"
GROUPS = ("above", "below")  # 规上, 规下: every enterprise is in one of them
GROUP_RATIO = "group_ratio"
ZERO_SCORE, GROUP_AVERAGE = "zero", "group_average"
BETTER_GRADE = "better_grade"


class MethodFault(Exception):
    """A method's description contradicts itself; the text says where."""


class Basis(StrEnum):
    """On what a value of a method rests."""

    DOCUMENT = "document"
    PLAN = "plan"
    UNPUBLISHED = "unpublished"
    ASSUMPTION = "assumption"


@dataclass(frozen=True)
class Source:
    basis: Basis
    text: str


@dataclass(frozen=True)
class Sourced:
    """A value and where it comes from."""

    value: object
    source: Source


@dataclass(frozen=True)
class Formula:
    """A ratio of two figures of an enterprise."""

    numerator: str
    denominator: str
    unit: str


@dataclass(frozen=True)
class Indicator:
    """weight: points; benchmark: Decimal or GROUP_RATIO; missing: what a firm without the denominator scores."""

    code: str
    name: str
    formula: Formula
    weight: Sourced
    benchmark: Sourced
    missing: Sourced


@dataclass(frozen=True)
class Group:
    """quotas: whole percents of A, B, C, D, together 100; cap: the multiple of the weight a score stops at, None for no cap (`false`)."""

    code: str
    name: str
    quotas: Sourced
    cap: Sourced
    indicators: tuple


@dataclass(frozen=True)
class Floor:
    """Below this ratio an enterprise is D whatever its score (plan §6.5)."""

    name: str
    formula: Formula
    below: Sourced


@dataclass(frozen=True)
class Method:
    code: str
    version: int
    name: str
    summary: str
    ties: Sourced
    floor: Floor
    groups: dict
    sources: tuple
    content: dict

    @property
    def content_hash(self):
        """SHA-256 of the whole description: two methods with one hash grade alike."""
        return hashlib.sha256(json.dumps(self.content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    @property
    def label(self):
        return f"{self.name}（第 {self.version} 版）"


def parse(content):
    """Return the Method a description (nested dicts; numbers as Decimal, int or text) stands for. Raises MethodFault."""
    content = _as_json(content)
    try:
        return _Reader(content).method()
    except (KeyError, TypeError, ValueError, InvalidOperation) as fault:
        raise MethodFault(f"{content.get('code', '?')}: {fault!r}") from fault


def _as_json(value):
    """Bring a description to what JSON knows, Decimals as text, so that a stored copy reads back the same."""
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


class _Reader:
    """Turns one description into a Method, checking as it goes."""

    def __init__(self, content):
        self.content = content
        self.sources = {key: Source(Basis(item["basis"]), item["text"]) for key, item in content["sources"].items()}

    def method(self):
        content = self.content
        ties = self.sourced(content["ties"])
        require(ties.value == BETTER_GRADE, f"unknown rule for ties {ties.value}")
        codes = [item["code"] for item in content["groups"]]
        require(sorted(codes) == sorted(GROUPS), f"groups {codes} are not {GROUPS}, each once")
        return Method(
            code=content["code"],
            version=content["version"],
            name=content["name"],
            summary=content["summary"],
            ties=ties,
            floor=self.floor(content["floor"]),
            groups={item["code"]: self.group(item) for item in content["groups"]},
            sources=tuple(self.sources.values()),
            content=content,
        )

    def sourced(self, item, convert=lambda value: value):
        return Sourced(convert(item["value"]), self.sources[item["source"]])

    def formula(self, item):
        for name in (item["numerator"], item["denominator"]):
            require(name in FIGURES, f"unknown figure {name}")
        return Formula(item["numerator"], item["denominator"], item["unit"])

    def floor(self, item):
        return Floor(item["name"], self.formula(item), self.sourced(item["below"], Decimal))

    def group(self, item):
        indicators = tuple(self.indicator(entry) for entry in item["indicators"])
        quotas = self.sourced(item["quotas"], tuple)
        require(len(quotas.value) == len(GRADES) and sum(quotas.value) == 100, f"quotas of {item['code']} are not four parts of 100")
        require(sum(entry.weight.value for entry in indicators) == 100, f"weights of {item['code']} do not add up to 100")
        cap = self.sourced(item["cap"], lambda value: Decimal(value) if value else None)
        return Group(item["code"], item["name"], quotas, cap, indicators)

    def indicator(self, item):
        missing = self.sourced(item["missing"])
        require(missing.value in (ZERO_SCORE, GROUP_AVERAGE), f"unknown rule for missing values {missing.value}")
        benchmark = self.sourced(item["benchmark"], lambda value: value if value == GROUP_RATIO else Decimal(value))
        require(item["code"].isascii() and item["code"].isalnum(), f"code {item['code']} is not letters and digits")
        require(benchmark.value == GROUP_RATIO or benchmark.value > 0, f"benchmark of {item['code']} is not positive")
        return Indicator(item["code"], item["name"], self.formula(item), self.sourced(item["weight"], Decimal), benchmark, missing)


def require(holds, fault):
    if not holds:
        raise MethodFault(fault)
