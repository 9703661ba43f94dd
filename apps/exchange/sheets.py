"""Choose the sheet of a workbook a resource understands, and say what of it is not read."""

from apps.core.errors import Refused
from apps.exchange.layout import NOTHING, find_header, is_foot, is_subtotal, is_total, key_of, letter
from apps.exchange.units import factor


def choose(source, resource, told=NOTHING):
    """Return (sheet, layout) of the one visible sheet whose header fits best. Raises Refused.

    told: what people said of the columns (layout.Told); of several sheets the one they named is read.
    """
    try:
        return _choose(source, resource, told)
    except Refused as refusal:
        raise Refused(f"{told.words}。{refusal}" if told.words else str(refusal)) from refusal


def _choose(source, resource, told):
    wanted = resource.wanted()
    fitting = [(sheet, layout) for sheet in source.sheets if (layout := find_header(sheet.head, sheet.merged, wanted, told))]
    shown = [pair for pair in fitting if pair[0].state == "visible"]
    if not shown:
        if fitting:
            raise Refused(f"工作表“{fitting[0][0].name}”是隐藏的，没有读取。请取消隐藏后重新上传。")
        if not any(sheet.head for sheet in source.sheets):
            raise Refused("没有数据行：工作簿是空的。")
        titles = "、".join(column.title for column in resource.keys)
        raise Refused(f"没有找到标题行。请使用本系统的模板，至少要有这些列：{titles}。")
    best = max(len(layout.columns) for _, layout in shown)
    chosen = [pair for pair in shown if len(pair[1].columns) == best]
    named = [pair for pair in shown if told.sheet and key_of(pair[0].name) == told.sheet and told.fits(pair[1])]
    if named:
        return named[0]
    if len(chosen) > 1:
        names = "、".join(f"“{sheet.name}”" for sheet, _ in chosen)
        raise Refused(f"有 {len(chosen)} 个工作表都像是要导入的数据：{names}。请只保留一个后重新上传。")
    return chosen[0]


def check(layout, resource, writable, given):
    """Refuse a header that is ambiguous, lacks a key column, or has nothing this person may write; return the foreign fields.

    writable: field names.  given: key fields known without a column (the year typed beside the file).  Columns this person
    may not write are no fault as long as they are empty: the judge looks at their cells.
    """
    by_name = {column.name: column for column in resource.columns}
    if layout.twice:
        pairs = "；".join(f"{letter(one.index)} 列“{one.title}”和 {letter(two.index)} 列“{two.title}”" for _, one, two in layout.twice)
        raise Refused(f"标题重复：{pairs}。请删除或改名其中一列。")
    known = {*layout.columns, *given, *(name for name, companion in resource.named.items() if companion.name in layout.columns)}
    missing = [column.title for column in resource.keys if column.name not in known]
    if missing:
        remedy = "请补上后重新上传；表中有这些列而标题不同的，请指定各列" if layout.unknown else "请补上后重新上传"
        raise Refused(f"缺少必需的列：{'、'.join(f'“{title}”' for title in missing)}。{remedy}。")
    if not any(column.name in layout.columns for column in resource.data_columns):
        raise Refused("除了辨认记录的列，没有可以导入的列。请核对标题。")
    foreign = [column for column in resource.data_columns if column.name in layout.columns and column.name not in writable]
    if not any(column.name in layout.columns for column in resource.data_columns if column not in foreign):
        titles = "、".join(f"{letter(layout.columns[column.name].index)} 列“{column.title}”" for column in foreign)
        raise Refused(f"这些列不属于您报送的数据项：{titles}。表中没有您可以报送的列，请使用您单位的分表。")
    for name, found in layout.columns.items():
        unit = by_name[name].unit
        if found.unit and unit != found.unit and factor(found.unit, unit) is None:
            raise Refused(f"{letter(found.index)} 列“{found.title}”的单位“{found.unit}”不能换算为“{unit or '无单位'}”。请改正标题。")
    return [column.name for column in foreign]


def describe(sheet, layout, resource, notes):
    """Note what was understood: sheet, units, synonyms, unknown columns, hidden rows and columns."""
    by_name = {column.name: column for column in resource.columns}
    for name, found in layout.columns.items():
        column = by_name[name]
        if found.alias:
            notes.say(f"{letter(found.index)} 列“{found.title}”按“{column.title}”读取。")
        if found.unit and found.unit != column.unit:
            share = factor(found.unit, column.unit)
            example = f"1 {found.unit} = {share} {column.unit}"
            notes.say(f"{letter(found.index)} 列“{found.title}”以 {found.unit} 为单位，已换算为 {column.unit}（{example}）。")
    loose = [found for found in layout.columns.values() if found.loose]
    if loose:
        titles = "、".join(f"{letter(found.index)}“{found.title}”" for found in loose)
        notes.say(f"标题的换行、括号、星号等写法与模板不同，已按模板的标题读取：{titles}。")
    if layout.unknown:
        titles = "、".join(f"{letter(index)}“{title}”" for index, title in layout.unknown[:10])
        more = " 等" if len(layout.unknown) > 10 else ""
        notes.say(f"忽略 {len(layout.unknown)} 列不认识的列：{titles}{more}。")
    hidden = [letter(found.index) for found in layout.columns.values() if found.index in sheet.hidden_columns]
    if hidden:
        notes.say(f"隐藏的列也已读取：{'、'.join(hidden)}。")
    for sentence in sheet.notes:
        notes.say(sentence)


def data_rows(sheet, layout, keys):
    """Yield (number, hidden, cells, kind) of the rows below the header; kind is data, total, subtotal, foot or header."""
    titles = {found.index: found.title for found in layout.columns.values()}
    key_columns = [layout.columns[column.name].index for column in keys if column.name in layout.columns]
    for number, hidden, cells in sheet.rows():
        if number > layout.last:
            yield number, hidden, cells, _kind(cells, titles, key_columns)


def _kind(cells, titles, key_columns):
    def at(index):
        return cells[index - 1] if index <= len(cells) else None

    if is_foot(cells):
        return "foot"
    if is_total(cells):
        return "subtotal" if is_subtotal(cells) else "total"
    return "header" if all(at(index) == title for index, title in titles.items()) else "data"
