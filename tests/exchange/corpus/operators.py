"""Ways to break one valid cell, by the form of its column; and ways to write it that change nothing."""

from apps.exchange.columns import Companion
from tests.exchange.corpus.cells import full_width, takes
from tests.exchange.corpus.kinds import form_of
from tests.exchange.corpus.workbooks import ErrorValue, Formula

FIGURES = ("number", "whole", "period")
NAMED = ("place", "choice")
ANY = None
BREAKS = [  # (name, forms it breaks, the good cell -> a bad one)
    ("a word for nothing", ANY, lambda good: "无"),
    ("the same as above", ANY, lambda good: "同上"),
    ("a dash", ANY, lambda good: "—"),
    ("an error value", ANY, lambda good: ErrorValue("#N/A")),
    ("a formula", ANY, lambda good: Formula("=1+1")),
    ("true", (*FIGURES, "date", "credit", "own", "code", "text", *NAMED), lambda good: True),
    ("about", FIGURES, "约{}".format),
    ("in brackets", FIGURES, "({})".format),
    ("percent", ("number", "whole"), "{}%".format),
    ("in characters", FIGURES, lambda good: "三千四百"),
    ("not a number", FIGURES, lambda good: "nan"),
    ("beyond all measure", FIGURES, lambda good: 1e308),
    ("two values", (*FIGURES, "date", *NAMED), lambda good: f"{good or 1}、{good or 1}"),  # an empty cell, too
    ("a fraction", ("whole", "period"), lambda good: (good or 1) + 0.5),
    ("a year of another age", ("period",), lambda good: 1899),
    ("30 February", ("date",), lambda good: "2021-02-30"),
    ("a day without a year", ("date",), lambda good: "3月1日"),
    ("a serial number", ("date",), lambda good: 46082),
    ("a wrong check character", ("credit",), lambda good: good[:-1] + ("1" if good[-1] != "1" else "2")),
    ("a letter no code has", ("credit",), lambda good: f"{good[:8]}I{good[9:]}"),
    ("a character less", ("credit",), lambda good: good[:-1]),
    ("a code as a number", ("credit", "own", "code"), lambda good: 913311220000000001),
    ("scientific notation", ("credit", "own", "code"), lambda good: "9.13311E+17"),
    ("an unknown name", NAMED, lambda good: "不存在的镇"),
    ("nearly the name", NAMED, "{}们".format),
    ("a private character", ("text",), "甲\ue000{}".format),
    ("a turned direction", ("text",), "甲\u202e{}".format),
    ("too long", ("text", "own", "code"), lambda good: "长" * 5000),
    ("neither yes nor no", ("yes_no",), lambda good: "也许"),
]
HARMLESS = [  # the good cell -> the same in other words
    ("full width", ("number", "whole", "credit", "date"), lambda good: full_width(good).replace(".", "．")),
    ("blanks around it", ("number", "whole", "credit", "own", "date", "place", "choice", "text", "yes_no"), "\u3000{} ".format),
    ("nothing to be seen", ("credit", "own", "place", "text"), "{}\u200b".format),
    ("lower case", ("credit",), str.lower),
    ("as text", (*FIGURES, "date"), str),
]


def breaks_of(kind):
    """Return every (column, name, way) that makes a valid cell of the kind an error."""
    ways = [way for way in BREAKS if not (kind.printed and way[0] == "a dash")]
    found = [(column, name, way) for column in kind.figures for name, forms, way in ways if forms is ANY or form_of(column) in forms]
    named = {column.reference for column in kind.columns if isinstance(column, Companion)}  # without a code a row is known by its name
    needed = [column for column in kind.figures if (column.title in kind.keys or column.required) and column.name not in named]
    found += [(column, "empty", lambda good: None) for column in needed]
    below = [column for column in kind.of("number", "whole") if not takes(column, column.model_field.to_python(-1))]
    return found + [(column, "negative", lambda good: -abs(good or 1)) for column in below]


def harmless_of(kind):
    """Return every (column, name, way) that only changes how a valid cell looks."""
    first = kind.rows(1)[0]
    return [
        (column, name, way)
        for column in kind.figures
        for name, forms, way in HARMLESS
        if form_of(column) in forms and first[column.title] is not None
    ]
