"""Of which time the figures of a sheet are, by the texts around them and the cells of a column of periods. Pure.

The day on which a sheet was made (2020年5月编制) says nothing of its figures.
"""

import re

from apps.core.text import normalise

Y = r"((?:19|20)\d\d)"
DATE = rf"(?<!\d){Y}(?:[-./年](\d{{1,2}})(?:[-./月](\d{{1,2}})日?|月)?|(0[1-9]|1[0-2])(?:\d\d)?)(?!\d)"
RANGE = re.compile(DATE + r"[-—–~至到]{1,2}(?:" + DATE + r"|(\d{1,2})(?:月(?:\d{1,2}日)?|[./]\d{1,2}(?!\d)))")
OF_PERIOD = re.compile(  # 税款所属期：2020-06, 所属期起：2020-01-01
    r"(?<![填申上]报)(?<!报送)(?<!公示)(?:所属(?:时期|期间|期|月份)|期间|时期|统计期|报告期)(起|始|止|终)?(?:日期|时间)?:?"
    + DATE
    + "(?![-—–~至到月])"
)
YEAR_IN_TEXT = re.compile(rf"{Y}年(?!\d{{1,2}}月)")
YEAR_OF_MONTH = re.compile(rf"{Y}年(?!\d{{1,2}}月\d{{1,2}}日)")  # where the figures are those of a month
YEAR_ALONE = re.compile(  # 2019税收, but not 2000万元, 2000家, 2020第3号
    rf"(?<![\d.,]){Y}(?=[\u4e00-\u9fa5])(?![年万亿千百元家户个名人吨亩公平条件项份号多余以强级度第])|^{Y}$"
)
SHORT_YEAR = re.compile(r"(?:^|(?<=[(\u4e00-\u9fa5]))([012]\d)年度|^([12]\d)年(?=[\u4e00-\u9fa5])(?![以内前后来间多期度计老左])")  # 19年度
MORE_YEARS = re.compile(  # 2020-2021年, 截至2020年12月31日: says a year beside the one it names
    rf"{Y}(?=[-—–~至到和与、/,.]+(?:19|20)\d\d(?!\d))|截[至止]到?{Y}[-./年]12|{Y}[-./年]12[-./月]31"
)
CHINESE_YEAR = re.compile(r"[一二][〇○零O0一二三四五六七八九]{3}(?=年)")
CHINESE_MONTH = re.compile(r"(?:十[一二]?|(?<!十)[一二三四五六七八九])(?=月)")
CHINESE_DIGITS = dict(zip("〇○零O一二三四五六七八九", "0000123456789", strict=True))
NOT_A_YEAR = re.compile(
    r"[前上下一二三四1-4](?:个?季度|半年)|(?:1月?|1月份)[-—–~至](?!12)\d{1,2}月|(?<![A-Za-z])(?:[Qq][1-4]|[Hh][12])(?![\dA-Za-z])"
)

MONTH = re.compile(r"(截[至止]到?)?(?:((?:19|20)\d\d)年)?(\d{1,2})月(?:份|底|末)?(?!度|\d{1,2}日|[-—–~至])")
SHORT_MONTH = re.compile(  # 2020.09, 2020.01-06, alone
    r"(?:19|20)\d\d(?:[.\-/_年]?(?:0[1-9]|1[01])|[.\-/_年][1-9]|[.年]0?1[-—–~至](?:0?[2-9]|1[01]))"
)
WHOLE_YEAR = re.compile(r"(?:19|20)\d\d年(?!\d{1,2}月)|年度|全年|年报")
DATED = re.compile(r"[填制报印导打][表报送发出印]|日期|时间|编制")  # the day on which a sheet was made, not the time it speaks of
MAKING = r"(?:填表|填报|填写|制表|报送|上报|印发|导出|打印|编制|编报|公布|发布|更新|公示|申报)(?!表|单|数|系统|口径|情况|材料|汇总)"
WRITTEN = rf"{Y}(?:年\d{{1,2}}月(?:\d{{1,2}}日)?|[-./]\d{{1,2}}(?:[-./]\d{{1,2}})?)"
MADE = re.compile(rf"{MAKING}(?:单位|日期|时间|期间|于)*:?(?:{WRITTEN}|{Y}年)|{WRITTEN}[^(),。;、]{{0,10}}?{MAKING}|{Y}年{MAKING}")
MADE_IN = re.compile(MAKING + r"(?:日期|时间|期间|期限)?:?$")
ONE_MONTH = re.compile(r"当月|本月|单月|(?<![前第\-—–~至到])第?[二三四2-4]个?季度(?![末底])|下半年|(?<![A-Za-z])[Qq][2-4](?![\dA-Za-z])")

SINCE_JANUARY = re.compile(r"累计|截[至止]|(?<!\d)1月?[-—–~至]\d{1,2}月")  # 截至二季度, 1-6月（二季度）

OF_FIGURES = "(?:数据|统计|会计|核算|报告|税款|费款|所属)"
PERIODS = re.compile(  # titles of columns that say of which time the figures of a row are; of 评价年度 they may be of the year before
    rf"{OF_FIGURES}{{0,2}}(?:年度|年份|季度|月份|月|期间|时期)|{OF_FIGURES}{{1,2}}(?:年|期|时间)|截[至止](?:时间|日期|月份)|年|时间"
)
VAGUE = frozenset({"年", "时间"})  # may be of something else: 2015年投产; only another year says that it is not
NAMED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?=\D|$|\d{4}(?!\d))")
IN_YEAR = r"1月?[-—–~至]12月?[份底末]?(?:累计)?|第?[1一]季?度?[-—–~至]第?[4四]个?季度|全年度?|年?[底末]|年度|年报|年"
ALL_YEAR = re.compile(  # 12, 1-12月, 2020年, 2020年1-12月, 1-4季度, 2020年底, 2020-12-31, 2020-01至2020-12, 20200101-20201231
    rf"12月?[份底末]?|(?:(?:19|20)\d\d[年.\-/]?)?(?:{IN_YEAR})|(?:19|20)\d\d[年度]?|(?:19|20)\d\d[年.\-/]?12[月.\-/]?31日?"
    r"|((?:19|20)\d\d)\D{0,2}0?1(?:\D?0?1日?)?\D{1,3}\1\D{0,2}12月?(?:\D?31日?)?"
)
DAY = re.compile(r"((?:19|20)\d\d)[年.\-/]\d{1,2}[月.\-/]\d{1,2}日?")


def in_digits(text):
    """Return a text without blanks, its years and months in digits: 二〇一九年九月 -> 2019年9月."""
    text = normalise(text).replace(" ", "")
    text = CHINESE_YEAR.sub(lambda year: "".join(CHINESE_DIGITS.get(char, char) for char in year[0]), text)
    text = CHINESE_MONTH.sub(lambda month: str("一二三四五六七八九十".index(month[0][-1]) + 1 + 10 * (len(month[0]) > 1)), text)
    return re.sub(r"一(?=月?[-—–~至]\d{1,2}月)", "1", text)


def other_period(text, year, yearly):
    """Return the year or the part of a year a text over a table speaks of, where it is not the one asked for; "" where there is none.

    year: the one asked for, None where the rows say it.  yearly: the rows are whole years.
    """
    text = in_digits(text)
    if yearly and (part := NOT_A_YEAR.search(text) or SHORT_MONTH.fullmatch(text)):
        return part[0]
    for words, years, first, last in _spans(text):
        if (yearly and (first not in (1, None) or last not in (12, None))) or len(years) > 1 or (year and years != {year}):
            return words
    if yearly and (month := _month_in(text, year)):
        return month[0]
    named, more = _years(text, yearly)
    return f"{named[0]}年" if year and named and year not in more else ""


def year_said(text, yearly):
    """Return the one year a text over a table speaks of, None where it speaks of none or of several."""
    text = in_digits(text)
    named, more = _years(text, yearly)
    of_spans = {year for _, years, _, _ in _spans(text) for year in years}
    return next(iter(more | of_spans)) if len(more | of_spans) == 1 and (named or of_spans) else None


def _spans(text):
    """Yield (words, years, first month, last month) of what a text names as the period of its figures; None for an end it leaves open."""
    for found in RANGE.finditer(text):
        if not MADE_IN.search(text[max(0, found.start() - 12) : found.start()]):
            y1, m1, _, n1, y2, m2, _, n2, m3 = found.groups()
            yield found[0], {int(y1), int(y2 or y1)}, int(m1 or n1), int(m2 or n2 or m3)
    for found in OF_PERIOD.finditer(text):
        end, year, month, _, other = found.groups()
        month = int(month or other)
        yield found[0], {int(year)}, month if end in ("起", "始") else None, None if end in ("起", "始") else month


def _years(text, yearly):
    """Return (the years a text names, all it may speak of): of 2021年亩均评价（2020年数据） either."""
    text = MADE.sub("", text)
    patterns = (YEAR_IN_TEXT if yearly else YEAR_OF_MONTH, YEAR_ALONE)
    named = [int(next(filter(None, year.groups()))) for pattern in patterns for year in pattern.finditer(text)]
    named += [2000 + int(short[1] or short[2]) for short in SHORT_YEAR.finditer(text)]
    return named, {*named, *(int(next(filter(None, year.groups()))) for year in MORE_YEARS.finditer(text))}


def _month_in(text, year):
    """Return the match of the month a text over a table of whole years speaks of, None where it only says when the table was made.

    December ends a year, and a month of another year than the one asked for is the time of the report.
    """
    for month in MONTH.finditer(text):
        till, of, number = month.groups()
        made = DATED.search(text) or (not till and WHOLE_YEAR.search(text))
        if int(number) != 12 and not made and not (of and year and int(of) != year):
            return month
    return None


def month_said(text):
    """Return the one month a text over a table of months speaks of, None where it speaks of none, of several, or of all up to one."""
    text = in_digits(text)
    found = [] if DATED.search(text) or NOT_A_YEAR.search(text) else MONTH.findall(text)
    months = {int(number) for till, _, number in found if not till}
    return months.pop() if len(months) == 1 and len(found) == 1 else None


def one_month_said(text):
    """Return the words by which a text over a table of cumulative figures says that they are of one month alone, "" where it does not."""
    text = in_digits(text)
    if not DATED.search(text) and not SINCE_JANUARY.search(text) and (word := ONE_MONTH.search(text)):
        return word[0]
    return next((words for words, _, first, _ in _spans(text) if first not in (1, None)), "")


def is_all_year(cell, year):
    """Say whether a cell of a column of periods means the whole year.  year: the one it must be, None where the rows say it."""
    text = in_digits(cell)
    if ALL_YEAR.fullmatch(text):
        return not (year and {int(named) for named in NAMED.findall(text)} - {year})
    made = DAY.fullmatch(text)  # the day on which the sheet was made
    return bool(year and made and int(made[1]) == year + 1)
