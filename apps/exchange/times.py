"""Refuse a sheet whose figures are of another time than is asked for: by its name, the texts over its header, a column of periods."""

import datetime as dt

from apps.core.errors import Refused
from apps.exchange.layout import ASIDE_WORDS, letter
from apps.exchange.periods import PERIODS, VAGUE, is_all_year, month_said, one_month_said, other_period, year_said
from apps.exchange.rules import Fault, month_with_year, period, plain, year_of_day


def check(sheet, layout, resource, given, told):
    """Refuse a sheet that speaks of another year or month than is chosen or its rows say, or of a part of a year.

    given: key fields known without a column -> value.  told: what people said of the columns (layout.Told).
    """
    keys = {column.name for column in resource.keys}
    if "year" not in keys:
        return
    yearly, year = "month" not in keys, given.get("year")
    places = places_above(sheet, layout)
    for place, text in places:
        if other := other_period(text, year, yearly):
            asked = f"{year} 年" if year else "全年" if yearly else "同一年"
            raise Refused(
                f"{place}写的是 {other}，要导入的是 {asked}的数据。请核对文件和所选的年份；文件无误的，请改正这处文字后重新上传。"
            )
    _check_year(sheet, layout, places, yearly)
    if yearly:
        _check_columns_of_periods(sheet, layout, told, year)
    else:
        _check_month(sheet, layout, places)
        _check_cumulative(layout, resource, places)


def places_above(sheet, layout):
    """Return [(how people call it, text)] of the name of a sheet and the texts over its header."""
    texts = [(f"工作表“{sheet.name}”表头上方“{text[:40]}”", text) for text in layout.above]
    return [(f"工作表“{sheet.name}”名称", sheet.name), *texts]


def _check_year(sheet, layout, places, yearly):
    """Refuse a sheet whose title says one year, where none of its first rows says it."""
    if "year" not in layout.columns:
        return
    cells = list(layout.first_cells(sheet, layout.columns["year"].index))
    years = {_year_of(cell) for _, cell in cells} - {None}
    for place, text in places:
        if years and (year := year_said(text, yearly)) and year not in years:
            number, cell = next((number, cell) for number, cell in cells if _year_of(cell))
            raise Refused(f"{place}写的是 {year} 年，第 {number} 行的年份是 {plain(cell)}。请核对后改正其中一处再上传。")


def _check_month(sheet, layout, places):
    """Refuse a sheet whose title says one month and whose first rows say another."""
    if "month" not in layout.columns:
        return
    for place, text in places:
        month = month_said(text)
        for number, cell in layout.first_cells(sheet, layout.columns["month"].index) if month else ():
            if _month_of(cell) not in (month, None):
                raise Refused(f"{place}写的是 {month} 月，第 {number} 行的月份是 {plain(cell)}。请核对后改正其中一处再上传。")


def _check_cumulative(layout, resource, places):
    """Refuse a sheet that says that its figures are of one month, where those up to a month are wanted and its titles do not say 累计."""
    figures = [layout.columns[column.name] for column in resource.data_columns if column.unit and column.name in layout.columns]
    if all("累计" in layout.titles[found.index][0] for found in figures):
        return
    for place, text in places:
        if word := one_month_said(text):
            raise Refused(
                f"{place}写的是“{word}”，像是单月的数，要导入的是年初至各月的累计数。"
                "请改用累计数的表；确是累计数的，请改正这处文字，或在各列标题中写明“累计”后重新上传。"
            )


def _year_of(cell):
    """Return the year a cell names, None where it names none: its row says so."""
    return year_of_day(cell) if isinstance(cell, dt.date) else _period_of(cell)


def _month_of(cell):
    """Return the month a cell names, None where it names none: its row says so."""
    named = month_with_year(cell)
    return named[1] if named else _period_of(cell)


def _period_of(cell):
    try:
        return period(cell)[0]
    except Fault:
        return None


def _check_columns_of_periods(sheet, layout, told, year):
    """Refuse figures of months, quarters or another year, told by a column of their own, where those of a whole year are wanted.

    Whoever said of this file that the column has nothing to do with them has seen it.  year: None where the rows say it.
    """
    for index, title in layout.unknown:
        key, _ = layout.titles[index]
        asked = PERIODS.fullmatch(key) and not (told.surely and key in told.aside)
        for number, cell in layout.first_cells(sheet, index) if asked else ():
            another = is_all_year(plain(cell), None)
            if not is_all_year(plain(cell), year) and (another or key not in VAGUE):
                like, wanted = ("别的年份", f" {year} 年") if another else ("各月或累计", "全年")
                raise Refused(
                    f"{letter(index)} 列“{title}”第 {number} 行是“{plain(cell)}”，像是{like}的数，要导入的是{wanted}的数据。"
                    f"请改用{wanted}的表；确是{wanted}数的，请删去这一列，或在“指定各列”中对它选“{ASIDE_WORDS}”。"
                )
