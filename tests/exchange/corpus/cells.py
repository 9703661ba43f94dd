"""Classes 13, 14, 16 to 19, 21 to 28, 30 to 35: what stands in a cell."""

from decimal import Decimal
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator

from tests.exchange.corpus import Bad, File, case, having
from tests.exchange.corpus.workbooks import ErrorValue, Formula, Table, broken, same, spread, understood

AREAS = {"亩": Fraction(3, 2000), "平方公里": Fraction(1, 1_000_000)}  # of a square metre
FREE = having("text", keys=False)


def filled(kind, columns):
    """Return those of the columns in which the rows of the kind have a value."""
    first = kind.rows(1)[0]
    return [column for column in columns if first[column.title] is not None]


def takes(column, value):
    """Say whether the field's own validators take a value."""
    try:
        column.model_field.run_validators(value)
    except ValidationError:
        return False
    return True


def full_width(good):
    return "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in str(good))


@case("13")
def formula_without_result(kind, columns):
    cells = [Formula("=1+1"), Formula('=HYPERLINK("http://192.0.2.1/","示例")'), Formula("=[1]Sheet1!$A$1")]
    yield broken(kind, spread(kind.figures, cells, "公式无计算结果"))


@case("14")
def error_values(kind, columns):
    yield broken(kind, spread(kind.figures, [ErrorValue(cell) for cell in ("#N/A", "#DIV/0!", "#REF!", "#VALUE!")], "错误值 #"))


@case("16", **having("credit", "own", "code"))
def codes_as_numbers(kind, columns):
    yield broken(kind, spread(columns, [913311220000000001, "9.13311E+17", 10**15], "末位"))
    if credit := kind.of("credit"):
        yield broken(kind, spread(credit, [913311220000001], "末位可能已丢失"))
    numbered = kind.ledger.model.derived_fields  # a series of its own takes only what looks like one of it
    if short := [column for column in kind.of("own") if takes(column, "331122998") and column.name not in numbered]:
        yield understood(kind, spread(short, [331122998], "331122998"), says=["按文本读取"])


@case("17", **having("credit", "own"))
def codes_written_loosely(kind, columns):
    """A credit code is known in any writing; an office's own code stays as it is written, but for what nobody sees."""
    blanks = ["\u00a0{}\u200b".format, "{}\u3000".format, "\ufeff {}".format]
    loose = [full_width, str.lower, lambda good: f"{good[:6]} {good[6:]}", lambda good: f"{good[:8]}\u200b\u00a0{good[8:]}"]
    pairs = spread(kind.of("own"), blanks, same) + spread(kind.of("credit"), [*blanks, *loose], same)
    yield understood(kind, pairs, says=["读作"])


@case("18", **having("credit"))
def no_credit_codes(kind, columns):
    wrong_check = (lambda good: good[:-1] + ("1" if good[-1] != "1" else "2"), "校验位不符")
    letters = [(lambda good, char=char: good[:8] + char + good[9:], f"不允许的字符 {char}") for char in "IOSVZ"]
    ways = [wrong_check, *letters, ("0" * 18, "不能全为 0")]
    yield broken(kind, [(column, *way) for column, way in spread(columns, ways)])


@case("19", **having("credit"))
def numbers_from_before(kind, columns):
    registration = "旧的营业执照注册号"
    ways = [("331122000012345", registration), ("3311226001234", registration), ("471580013", "组织机构代码")]
    yield broken(kind, [(column, *way) for column, way in spread(columns, ways)])


@case("21")
def words_for_nothing(kind, columns):
    words = ["无", "待补", "同上", "〃", " 同 上 ", "/", "N/A"] + ([] if kind.printed else ["—"])
    yield broken(kind, spread(kind.figures, words, "" if kind.printed else "不是数据"))


@case("22", **having("number"))
def numbers_in_words(kind, columns):
    ways = [way.format for way in ("约{}", "≈{}", "{}左右", "{}%", "−{}", "({})", "{}多", "{}e2", "{}吨煤")]
    yield broken(kind, spread(columns, [*ways, "三千四百", "1.2.3", "3,40"], "不是确切的数字"))
    wide = [lambda good: full_width(f"{good:f}").replace(".", "．")]
    yield understood(kind, spread(filled(kind, columns), wide, same), says=["读作"])
    money = ["3400万", "3,400", "0.34亿", "3400 万元", "34000000元", "３，４００"]
    if pairs := spread([column for column in columns if column.unit == "万元"], money, Decimal(3400)):
        yield understood(kind, pairs, says=["换算为 3400 万元", "读作 3400 万元"])


def areas(kind):
    return [column for column in kind.of("number") if column.unit in AREAS]


@case("23", "an area", areas)
def impossible_areas(kind, columns):
    yield broken(kind, spread(columns, [-3, "-0.5", Decimal("1e-12"), 1e12, 1e308, "-1e3", "9" * 30], ""))


@case("24", "an area", areas)
def areas_in_other_units(kind, columns):
    """1 亩 = 2000/3 m² exactly; the areas are rounded down first, for a part is never larger than its parcel."""
    ways = {"平方米": 1, "㎡": 1, "m²": 1, "公顷": 10_000, "mu": Fraction(2000, 3)}
    pairs = [
        (column, _in(name, size, column), _from(size, column)) for column, (name, size) in spread(filled(kind, columns), [*ways.items()])
    ]
    yield understood(kind, pairs, says=["换算为"])


def _amount(good, size, column):
    """Return so many units of `size` m² as go into the good cell, to hundredths."""
    return Decimal(int(Fraction(good) / AREAS[column.unit] / size * 100)) / 100


def _in(name, size, column):
    return lambda good: f"{_amount(good, size, column)}{name}"


def _from(size, column):
    return lambda good: _half_up(Fraction(_amount(good, size, column)) * size * AREAS[column.unit], column.widget.places)


def _half_up(value, places):
    """Return a positive Fraction as a Decimal with so many decimals, half up."""
    scaled = (value.numerator * 10**places * 2 + value.denominator) // (2 * value.denominator)
    return Decimal(scaled).scaleb(-places)


@case("25", **having("number", "whole", "period"))
def no_numbers(kind, columns):
    yield broken(kind, spread(columns, ["nan", "NaN", "inf", "-inf", "Infinity", True, False], ""))


@case("26", **having("number"))
def too_many_decimals(kind, columns):
    noise = [lambda good: Decimal(f"{good:f}{'' if '.' in f'{good:f}' else '.'}{'0' * 12}44")]
    long = [lambda good: good + Decimal("0.0000049")]
    known = filled(kind, columns)
    yield understood(kind, spread(known, noise, same) + spread(known, long, same), says=["四舍五入为"])


def _must_be_positive(column):
    return any(isinstance(rule, MinValueValidator) and 0 < rule.limit_value < 1 for rule in column.model_field.validators)


def _land_or_output(kind):
    return [column for column in kind.of("number") if column.unit == "万元" or column.unit in AREAS and _must_be_positive(column)]


@case("27", "an area that must be there, or an amount of money", _land_or_output)
def nothing_and_everything(kind, columns):
    too_much = {"万元": (999_999_999, "超出合理范围")}
    yield broken(kind, [(column, *too_much.get(column.unit, (0, "大于 0"))) for column in columns])


DAY_WAYS = [
    "{0}-{1:02}-{2:02}", "{0}-{1}-{2}", "{0}/{1}/{2}", "{0}.{1}.{2}", "{0}.{1:02}.{2:02}", "{0}年{1}月{2}日", "{0}年{1:02}月{2:02}日",
    "{0}{1:02}{2:02}", " {0} 年 {1} 月 {2} 日", "{0}/{1:02}/{2:02}", "{0}-{1:02}-{2:02} 00:00:00",
]  # fmt: skip
NO_DAYS = ["26-3-1", "3月1日", 46082, "46082", "2021-02-30", "0000-00-00", "二〇二六年三月一日", "2021年13月1日", "2021-3/1", "去年底"]


@case("28", **having("date"))
def ways_to_write_a_day(kind, columns):
    yield broken(kind, spread(columns, NO_DAYS, "日期"))
    ways = [lambda good, way=way: way.format(good.year, good.month, good.day) for way in DAY_WAYS]
    ways += [full_width, lambda good: int(good.strftime("%Y%m%d"))]
    yield understood(kind, spread(filled(kind, columns), ways, same), says=["读作"])


INERT = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{7*7}}", "javascript:alert(1)", "'; DROP TABLE t;--",
    "../../etc/passwd", "%s%n{0}", "<b>甲</b>",
]  # fmt: skip


def as_text(kind, columns, texts):
    """Return the File in which these texts stand for themselves, each in a column that has room for it."""
    pairs = [(column, text, text) for column, text in spread(columns, texts) if takes(column, text)]
    return understood(kind, pairs, "A")


@case("30", **FREE)
def markup_and_scripts(kind, columns):
    yield as_text(kind, columns, INERT)
    yield understood(kind, [(column, f"甲\r\n乙{number}", f"甲 乙{number}") for number, column in enumerate(columns)], says=["读作 甲 乙"])


@case("31", **FREE)
def like_a_formula(kind, columns):
    yield as_text(kind, columns, ["@SUM(1)", "+1+1", "＝1+1", "-1+1", "'=cmd|0"])


@case("32", **FREE)
def formula_as_text(kind, columns):
    yield as_text(kind, columns, ["=1+1", "=cmd|0!A0"])


@case("33", **FREE)
def strange_characters(kind, columns):
    yield as_text(kind, columns, ["𠮷㐂龘", "喜😀", "缙云Ⅱ号"])
    yield understood(kind, [(column, f"Cafe\u0301{number}", f"Café{number}") for number, column in enumerate(columns)], says=["读作 Café"])
    hidden = ["甲\ue000", "甲\u202e乙", "甲\u2066乙", "甲\U000f0000"]
    yield broken(kind, spread(columns, hidden, "看不见或自造的字符") + spread(columns, ["长" * 32_000], "最多"))


@case("34", **FREE)
def blanks_and_brackets(kind, columns):
    blanks = [" {}\u3000".format, "{}  ".format, "\u00a0{}".format]
    yield understood(kind, spread(filled(kind, columns), blanks, same), says=["读作"])
    for column in columns:
        if column.model_field.unique or column.name in kind.resource.alike:
            yield _two_brackets(kind, column)


def _two_brackets(kind, column):
    """One name, once with full-width and once with half-width brackets, is one name (20): refused where names are unique."""
    table = Table(kind)
    table.rows[0][column.title], table.rows[1][column.title] = "示例（甲）", "示例(甲)"
    if column.model_field.unique:
        return File("E", table.content(), bad=(Bad(3, table.letter(column.title), column.title, "示例(甲)", "与第 2 行重复"),))
    return File("N", table.content(), says=("与第 2 行相同",), stored=tuple(table.rows))


@case("35", **having("place"))
def places_that_are_not_there(kind, columns):
    ways = ["不存在的地方", "麗縉園", "{0}、{0}".format, "{0} {0}".format, "示例他园"]
    yield broken(kind, spread(columns, ways, "不存在或不在您的范围内"))
