from apps.assessments import notes
from apps.assessments.export.styles import HEAD_FILL, TITLE_FONT, Styles, a3_landscape, level

HEAD = 2  # zero-based row of the header line


def _table(book, name, title, columns, rows, basis=""):
    """Write a plain bordered table: a merged title, a line that says its basis and level, a header line, text rows.

    Returns the sheet and the next free row.
    """
    sheet, style = book.add_worksheet(name), Styles(book)
    a3_landscape(sheet)
    sheet.merge_range(0, 0, 0, len(columns) - 1, title, style.plain(font_name=TITLE_FONT, font_size=18))
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, len(columns) - 1, f"{basis}{level().said}", style.plain(align="left"))
    for column, (text, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(HEAD, column, text, style(bold=True, bg_color=HEAD_FILL))
    for offset, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write_string(HEAD + offset, column, str(value), style(align="left"))
    sheet.freeze_panes(HEAD + 1, 0)
    sheet.repeat_rows(HEAD)
    return sheet, style, HEAD + len(rows) + 2


def write_notes(book, round, lines):
    """Write the second sheet: how every indicator becomes points, and the rules of the whole table."""
    columns = [
        ("序号", 6),
        ("类别", 8),
        ("指标", 22),
        ("单位", 8),
        ("权重", 8),
        ("计分方法", 12),
        ("公式", 52),
        ("数据来源", 34),
        ("无数据时", 40),
    ]
    rows = [
        [
            number,
            one.get_block_display(),
            one.name,
            one.unit,
            f"{one.weight.normalize():f}",
            one.get_method_display(),
            formula,
            source,
            missing,
        ]
        for number, (one, formula, source, missing) in enumerate(lines, start=1)
    ]
    basis = f"依据：{round.scheme.basis}　"
    sheet, style, row = _table(book, "计分说明", f"{round.scheme.name}计分说明", columns, rows, basis)
    computation = round.current
    trace = f"本表为{computation}；输入摘要 {computation.input_hash[:16]}，结果摘要 {computation.output_hash[:16]}。"
    for offset, text in enumerate([*notes.general(round), trace]):
        sheet.merge_range(row + offset, 0, row + offset, len(columns) - 1, text, style.plain(align="left"))


def write_signatures(book, round, lines):
    """Write the third sheet: every office that supplied data signs for it."""
    offices = {}
    for indicator, *_ in lines:
        offices.setdefault(indicator.office, []).append(indicator.name)
    columns = [("序号", 6), ("数据来源单位（盖章）", 28), ("提供的指标", 60), ("填表人", 16), ("审核人", 16), ("负责人", 16), ("日期", 16)]
    rows = [[number, office, "、".join(names), "", "", "", ""] for number, (office, names) in enumerate(offices.items(), start=1)]
    sheet, style, row = _table(book, "数据来源签字", f"{notes.title(round)}数据来源签字表", columns, rows)
    for offset in range(len(rows)):
        sheet.set_row(HEAD + 1 + offset, 36)
    sheet.merge_range(row, 0, row, len(columns) - 1, "填表人、审核人、负责人对所提供数据的真实性负责。", style.plain(align="left"))


def write_evidence(book, round, proved):
    """Write the fourth sheet: which files prove the typed values `proved`, as they are when the workbook is made."""
    columns = [("序号", 6), ("组别", 14), ("考核对象", 20), ("指标", 24), ("佐证", 36), ("佐证材料", 40), ("校验值（SHA-256）", 70)]
    rows = [
        [number, value.unit.group, value.unit, value.indicator, value.evidence, _file(value.paper), value.paper.sha256]
        for number, value in enumerate(proved, start=1)
    ]
    sheet, style, row = _table(book, "佐证材料", f"{notes.title(round)}佐证材料清单", columns, rows)
    foot = "校验值由上传的文件算出，文件改动一字即不相同。" if rows else "本轮数据没有选定佐证材料。"
    sheet.merge_range(row, 0, row, len(columns) - 1, foot, style.plain(align="left"))


def _file(paper):
    """Name an evidence file, and say where it was withdrawn since."""
    return f"{paper.title}（已撤下）" if paper.withdrawn_at else paper.title
