"""Every pattern the import looks for in cells and titles takes time in proportion to the text, however hostile."""

import ast
import importlib
import pkgutil
import re
import signal
import sys
import time
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path

import pytest

import apps.exchange
from apps.exchange import periods

pytestmark = pytest.mark.deep

SMALL, LARGE = 8_000, 32_000  # a cell holds 32,767 characters
FAST = 0.005  # seconds for SMALL: nothing to look at more closely
LONG_ENOUGH = 0.2  # seconds in which calls are counted
MOST = 3  # seconds of the processor for one look: no pattern in proportion comes near
STEEP = 9  # times as long for four times the text: in proportion it is 4, with its square 16
HOSTILE = ["1", "年", "(", "()", "（", " ", "1 ", "1,", "1.", "1-", "1年", "年1月", "2020年", "2020-01-01至"]
HOSTILE += ["单位", "单位:", "单位(", "a", "A1", "元", "元/", "\n", "a\n", "〇", "十", ":", "、"]
HANZI = re.compile(r"[\u4e00-\u9fa5]+")


def modules():
    """Yield every module of apps.exchange that can be loaded: all but the one that reads a file when it is."""
    numpy = sys.modules.get("numpy")  # which the child's modules keep out of their process; here others want it
    for found in pkgutil.walk_packages(apps.exchange.__path__, "apps.exchange."):
        if "migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)
    if numpy is None:
        sys.modules.pop("numpy", None)


def compiled(value):
    """Yield the patterns in a value of a module, in collections as well."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from compiled(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from compiled(one)


def written_in_place(module):
    """Yield the patterns given to functions of `re` where they are used; one that is no constant could not be tried here."""
    for node in ast.walk(ast.parse(Path(module.__file__).read_text())):
        called = node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
        if called and getattr(called.value, "id", "") == "re" and called.attr not in ("compile", "escape"):
            assert isinstance(node.args[0], ast.Constant), f"{module.__name__}:{node.lineno}"
            yield re.compile(node.args[0].value)


def all_patterns():
    found = {}
    for module in modules():
        for pattern in [*compiled(list(vars(module).values())), *written_in_place(module)]:
            if isinstance(pattern.pattern, str):
                found.setdefault(pattern, f"{module.__name__}: {pattern.pattern[:60]}")
    return found


PATTERNS = all_patterns()


def texts(pattern, length):
    """Yield hostile texts: runs of what is dangerous in general, and of the pattern's own words, ended by what it may not go on with."""
    own = sorted(set(HANZI.findall(pattern.pattern)), key=len)[:40]
    for unit in [*HOSTILE, *own, *(word + "(" for word in own), *(word + "1" for word in own), "".join(own)]:
        for end in ("", "!\n!"):
            yield unit, (unit * (length // max(len(unit), 1) + 1))[:length] + end


def seconds(function, text):
    """Return the time of the processor one call takes: what others do on the machine counts little. Its clock may tick in 10 ms."""
    calls, begun = 0, time.process_time()
    while (took := time.process_time() - begun) < LONG_ENOUGH:
        function(text)
        calls += 1
    return took / calls


class TooLong(Exception):
    pass


@contextmanager
def at_most(limit):
    """Break off what takes longer, in time of the processor."""

    def ring(*_):
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def by_the_wall(function, text):
    """Return the seconds of one call, for want of a better clock for so little; a busy machine only makes us look more closely."""
    begun = time.perf_counter()
    with at_most(MOST):
        function(text)
    return time.perf_counter() - begun


def is_steep(function, unit, end):
    small, large = ((unit * (length // len(unit) + 1))[:length] + end for length in (SMALL, LARGE))
    with at_most(MOST * 4):
        return seconds(function, large) > STEEP * seconds(function, small)


def steep(pattern):
    """Return (method, repeated text, end) of a hostile text for which a pattern takes more than its share; None where none does.

    Of the texts the slowest is looked at closely, where it is slow at all.
    """
    for name in ("search", "fullmatch"):
        function, slowest = getattr(pattern, name), (FAST, None, "")
        for unit, text in texts(pattern, SMALL):
            try:
                slowest = max(slowest, (by_the_wall(function, text), unit, text[SMALL:]), key=itemgetter(0))
            except TooLong:
                return name, unit, text[SMALL:]
        _, unit, end = slowest
        if unit and is_steep(function, unit, end):
            return name, unit, end
    return None


def test_the_patterns_are_found():
    names = {name.partition(":")[0] for name in PATTERNS.values()}
    assert {"apps.exchange.periods", "apps.exchange.rules", "apps.exchange.units_said"} <= names
    assert periods.MONTH in PATTERNS and len(PATTERNS) > 80


@pytest.mark.parametrize("pattern", PATTERNS, ids=PATTERNS.values())
def test_a_pattern_takes_time_in_proportion_to_the_text(pattern):
    assert steep(pattern) is None


@pytest.mark.parametrize("pattern", [r"a.*b", r"\d+x", r"表(?:\(.*\))?$", r"(a|aa)+$"])
def test_one_that_does_not_is_noticed(pattern):
    assert steep(re.compile(pattern))
