"""Choose the sheet of a workbook a resource understands, and say what of it is not read."""

from apps.core.errors import Refused
from apps.exchange import subjects, tables, times
from apps.exchange.layout import NOTHING, find_header, index_of, letter
from apps.exchange.reading import READ_COLUMNS
from apps.exchange.row_kinds import row_kind
from apps.exchange.titles import key_of, take_apart
from apps.exchange.units import factor, unit_named
from apps.exchange.units_said import Said, like_unit, units_alone, units_said

NAMED = 3  # so many doubtful columns are named in one sentence
LISTED = 10  # so many columns of one kind
TELL = "在“指定各列”中说明它是哪一项、以什么为单位"


def choose(source, resource, told, given):
    """Return (sheet, layout) of the one visible sheet a resource understands. Raises Refused.

    told: what people said of the columns (layout.Told); of several sheets the one they named is read.  given: key fields
    known without a column -> value (the year typed beside the file).
    """
    try:
        return _choose(source, resource, told, given)
    except Refused as refusal:
        raise Refused(f"{told.words}。{refusal}" if told.words else str(refusal)) from refusal


def _choose(source, resource, told, given):
    wanted, year = resource.wanted(), given.get("year")
    fitting = [(sheet, layout) for sheet in source.sheets if (layout := find_header(sheet.head, sheet.merged, wanted, told, year))]
    shown = [pair for pair in fitting if pair[0].state == "visible"]
    if not shown:
        if fitting:
            raise Refused(f"工作表“{fitting[0][0].name}”是隐藏的，没有读取。请取消隐藏后重新上传。")
        if not any(sheet.head for sheet in source.sheets):
            raise Refused("没有数据行：工作簿是空的。")
        titles = "、".join(_asked_for(column, resource) for column in resource.keys if column.name not in given)
        remedy = f"请改正各列的标题，或在“指定各列”中说明它们是什么；至少要有：{titles}"
        raise Refused(f"没有找到标题行（能认出两列以上的一行）。{remedy}。也可以使用本系统的模板。")
    named = [pair for pair in shown if told.sheet and key_of(pair[0].name) == told.sheet and told.fits(pair[1])]
    if named:
        return named[0]
    whole = [pair for pair in shown if not _missing(pair[1], resource, given) and _figures(pair[1], resource)]
    most = max(len(layout.columns) for _, layout in shown)
    chosen = whole or [pair for pair in shown if len(pair[1].columns) == most]
    if len(chosen) > 1:
        names = "、".join(f"“{sheet.name}”" for sheet, _ in chosen)
        remedy = "请只保留一个后重新上传，或在“指定各列”中选定工作表"
        raise Refused(f"有 {len(chosen)} 个工作表都像是要导入的数据：{names}。{remedy}。")
    return chosen[0]


def _missing(layout, resource, given):
    """Return the key columns a sheet lacks; a name may stand for a code."""
    named = {name for name, companion in resource.named.items() if companion.name in layout.columns}
    return [column for column in resource.keys if column.name not in {*layout.columns, *given, *named}]


def _asked_for(column, resource):
    """Return a key column's title, with the name that may stand for a code."""
    return f"{column.title}（或{resource.named[column.name].title}）" if column.name in resource.named else column.title


def _figures(layout, resource):
    """Return the columns of a sheet that can be imported."""
    return [column for column in resource.data_columns if column.name in layout.columns or column.name in layout.divided]


def check(sheet, layout, resource, writable, given, told=NOTHING):
    """Refuse a header that is ambiguous or doubtful, lacks a key column, or has nothing this person may write; return the foreign fields.

    writable: field names.  given, told: as in `choose`.  Columns this person may not write are no fault as long as they are
    empty: the judge looks at their cells.
    """
    by_name = {column.name: column for column in resource.columns}
    times.check(sheet, layout, resource, given, told)
    subjects.check(sheet, layout, resource, told)
    _check_doubts(sheet, layout, by_name)
    if lost := _wanted_beyond(sheet, resource):
        raise Refused(f"只读取前 {READ_COLUMNS} 列，要导入的列在其后：{_listed(lost)}。请删去用不到的列，或把它移到前面后重新上传。")
    tables.check(sheet, layout, resource, told, given.get("year"))
    if layout.twice:
        pairs = "；".join(f"{_place(one)}和 {_place(two)}" for _, one, two in layout.twice)
        raise Refused(f"标题重复：{pairs}。请删除或改名其中一列。")
    if missing := _missing(layout, resource, given):
        remedy = "请补上后重新上传；表中有这些列而标题不同的，请指定各列" if layout.unknown else "请补上后重新上传"
        if "year" in {column.name for column in missing}:
            remedy += "；整张表是同一年的，也可以在上传时填写“年份”"
        raise Refused(f"缺少必需的列：{'、'.join(f'“{column.title}”' for column in missing)}。{remedy}。")
    if not _figures(layout, resource):
        listed = f"不认识的列有：{_listed(layout.unknown)}。" if layout.unknown else ""
        remedy = "请核对标题；表中有要导入的列而标题不同的，请指定各列" if layout.unknown else "请核对标题"
        raise Refused(f"除了辨认记录的列，没有可以导入的列。{listed}{remedy}。")
    foreign = [column for column in _figures(layout, resource) if column.name not in writable]
    if len(foreign) == len(_figures(layout, resource)):
        titles = "、".join(f"{letter(layout.columns[column.name].index)} 列“{column.title}”" for column in foreign)
        raise Refused(f"这些列不属于您报送的数据项：{titles}。表中没有您可以报送的列，请使用您单位的分表。")
    for name, found in layout.columns.items():
        unit = by_name[name].unit
        if found.unit and unit != found.unit and factor(found.unit, unit) is None:
            raise Refused(f"{_place(found)}的单位“{found.unit}”不能换算为“{unit or '无单位'}”。请改正标题，或{TELL}。")
    return [column.name for column in foreign]


def _check_doubts(sheet, layout, by_name):
    """Refuse columns that cannot be relied on as they are titled, naming what to do."""
    rows = f"第 {layout.first} 行" if layout.first == layout.last else f"第 {layout.first} 至 {layout.last} 行"
    said = [(by_name[name], found, f"{_place(found)}：{found.doubt}") for name, found in layout.columns.items() if found.doubt]
    for name, parts in layout.divided.items():
        column = by_name[name]
        said.append((column, None, f"“{column.title}”下面分成 {_listed(parts)}，分不清哪一列是它"))
    if said:
        sentences = "；".join(sentence for _, _, sentence in said[:NAMED]) + ("；等" if len(said) > NAMED else "")
        example = f"如“{said[0][0].title}”"
        raise Refused(f"工作表“{sheet.name}”{rows}的标题，{sentences}。请在文件中改正标题（{example}）后重新上传，或{TELL}。")


def _wanted_beyond(sheet, resource):
    """Return the columns beyond those that are read whose titles are wanted."""
    titles = index_of(resource.wanted()).titles
    return [(column, text) for column, text in sheet.beyond if text and take_apart(text, titles)[0] in titles]


def check_from_here(number, cells, layout, resource):
    """Refuse a row between the rows that names another unit than that in which any column is read: the rows below it may be in that."""
    for text in cells:
        if isinstance(text, str):
            _check_said(number, units_said(text), layout, resource, every=True)


def check_foot(number, cells, layout, resource, year, told):
    """Refuse a note below or between the rows that names another unit than that in which columns without one of their own are read.

    Or that says that the figures are of another time than `year` (None where the rows say it), or others than the columns say. Returns
    notes of what is let pass because somebody chose the columns (`told`).
    """
    for text in cells:
        if isinstance(text, str):
            _check_said(number, units_said(text), layout, resource)
    return subjects.check_foot(number, cells, layout, resource, year, told)


def check_beside(number, cell, layout, resource):
    """Refuse a cell under no title that states another unit than that in which columns without one of their own are read."""
    unit = unit_named(cell)
    _check_said(number, Said((unit,)) if unit else units_alone(cell), layout, resource)


def _check_said(number, said, layout, resource, every=False):
    """Refuse what a text in row `number` says (units_said.Said) where it is not the unit in which columns are read.

    every: those with a unit in their title, too; else those without one of their own.
    """
    pairs = [(unit, unit) for unit in said.units] + list(said.of_one) + [(like_unit(part), part) for part in said.dark]
    for unit, written in pairs:
        for name, found in layout.columns.items():
            own = resource.fields[name].unit
            read_as = found.unit or own
            share = factor(unit, own) if every or found.general or not found.unit else None
            if share and (share != factor(read_as, own) or written in said.dark):
                raise Refused(
                    f"第 {number} 行写的单位是“{written}”，而{_place(found)}是按“{read_as}”读取的。请把单位写在列标题里，或{TELL}。"
                )


def _place(found):
    return f"{letter(found.index)} 列“{found.title}”"


def _listed(columns):
    """Return columns [(index, title)] as people read them."""
    return "、".join(f"{letter(index)}“{title}”" for index, title in columns[:LISTED]) + (" 等" if len(columns) > LISTED else "")


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
        notes.say(f"忽略 {len(layout.unknown)} 列不认识的列：{_listed(layout.unknown)}。")
    if sheet.beyond:
        listed = _listed([(column, text or "没有标题") for column, text in sheet.beyond])
        notes.say(f"只读取前 {READ_COLUMNS} 列，其后的 {len(sheet.beyond)} 列没有读取：{listed}。")
    hidden = [letter(found.index) for found in layout.columns.values() if found.index in sheet.hidden_columns]
    if hidden:
        notes.say(f"隐藏的列也已读取：{'、'.join(hidden)}。")
    for sentence in sheet.notes:
        notes.say(sentence)


def data_rows(sheet, layout, resource):
    """Yield (number, hidden, cells, kind) of the rows below the header; kind is that of row_kinds.row_kind, or header."""
    repeated = tables.Repeated(sheet, layout)
    others = tables.Titles(sheet, layout, resource)
    for number, hidden, cells in sheet.rows():
        if number <= layout.last:
            continue
        if repeated.again(cells):
            others.check_repeated(number, cells)
            yield number, hidden, cells, "header"
        else:
            kind = row_kind(cells, others.columns)
            if kind == "data":
                others.check(number, cells)
            yield number, hidden, cells, kind
