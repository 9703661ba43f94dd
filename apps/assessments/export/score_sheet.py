from xlsxwriter.utility import xl_range

from apps.assessments import notes
from apps.assessments.choices import Light
from apps.assessments.export.styles import FILLS, HEAD_FILL, TITLE_FONT, Styles, a3_landscape, level
from apps.core import clock
from apps.ledger import lights

LEAD = ["组别", "序号", "考核对象"]
PARTS = ["目标", "完成", "完成率", "得分", "位次"]
SUMS = ["结果分", "过程分", "加分", "扣分", "总分", "排名", "亮灯"]
HEAD = 3  # zero-based row of the upper header line
NO_DATA = "—"
FOOT = "            ".join(["填表人：", "审核人：", "负责人：", "联系电话：", "填报日期："])


class ScoreSheet:
    """The first sheet: units in groups against indicators."""

    def __init__(self, book, round, matrix):
        self.round, self.matrix = round, matrix
        self.sheet = book.add_worksheet("评分表")
        self.style = Styles(book)
        self.first_sum = len(LEAD) + len(PARTS) * len(matrix.indicators)
        self.last = self.first_sum + len(SUMS) - 1

    def write(self):
        self._paper()
        self._title()
        self._header()
        row = HEAD + 2
        for section in self.matrix.sections:
            row = self._section(section, row)
        self._total(row)
        self._foot(row + 1)

    def _paper(self):
        sheet = self.sheet
        a3_landscape(sheet)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        sheet.repeat_rows(HEAD, HEAD + 1)
        sheet.freeze_panes(HEAD + 2, len(LEAD))
        sheet.set_footer("&C第 &P 页，共 &N 页")
        sheet.set_column(0, 1, 6)
        sheet.set_column(2, 2, 16)
        sheet.set_column(len(LEAD), self.last, 7.5)

    def _title(self):
        plain, last = self.style.plain, self.last
        self.sheet.write_string(0, 0, "附件1", plain(align="left", font_name="黑体"))
        self.sheet.merge_range(0, self.first_sum, 0, last, level().said, plain(align="right"))
        self.sheet.merge_range(1, 0, 1, last, notes.title(self.round), plain(font_name=TITLE_FONT, font_size=20))
        self.sheet.set_row(1, 34)
        middle = last // 2
        self.sheet.merge_range(2, 0, 2, middle, f"填报单位（盖章）：          数据期：{self.round.period}", plain(align="left"))
        units = "、".join(dict.fromkeys(indicator.unit for indicator in self.matrix.indicators))
        date = f"{clock.today():%Y年%m月%d日}"
        self.sheet.merge_range(2, middle + 1, 2, last, f"单位：{units}、分      {date}", plain(align="right"))

    def _header(self):
        head = self.style(bold=True, bg_color=HEAD_FILL)
        for column, text in enumerate(LEAD):
            self.sheet.merge_range(HEAD, column, HEAD + 1, column, text, head)
        for place, indicator in enumerate(self.matrix.indicators):
            left = len(LEAD) + place * len(PARTS)
            text = f"{indicator.get_block_display()}：{indicator.name}（{indicator.unit}，权重{indicator.weight.normalize():f}）"
            self.sheet.merge_range(HEAD, left, HEAD, left + len(PARTS) - 1, text, head)
            self.sheet.write_row(HEAD + 1, left, PARTS, head)
        for offset, text in enumerate(SUMS):
            self.sheet.merge_range(HEAD, self.first_sum + offset, HEAD + 1, self.first_sum + offset, text, head)
        self.sheet.set_row(HEAD, 32)

    def _section(self, section, row):
        last = row + len(section.rows) - 1
        name = str(section.group)
        if last > row:
            self.sheet.merge_range(row, 0, last, 0, name, self.style())
        else:
            self.sheet.write_string(row, 0, name, self.style())
        for number, unit_row in enumerate(section.rows, start=1):
            self._unit(row, number, unit_row)
            row += 1
        return row

    def _unit(self, row, number, unit_row):
        unit = unit_row.unit
        self.sheet.write_number(row, 1, number, self.style())
        name = f"{unit.name}（{unit.second_name}）" if unit.second_name else unit.name
        self.sheet.write_string(row, 2, name, self.style(align="left"))
        for place, cell in enumerate(unit_row.cells):
            left = len(LEAD) + place * len(PARTS)
            self._numbers(row, left, [cell.target, cell.actual], "#,##0.00")
            self._ratio(row, left + 2, cell.ratio)
            self._numbers(row, left + 3, [cell.score], "0.00")
            self._numbers(row, left + 4, [cell.rank], "0")
        standing = unit_row.standing
        points = [standing.result, standing.process, standing.bonus, standing.penalty, standing.total]
        self._numbers(row, self.first_sum, points, "0.00")
        self._numbers(row, self.first_sum + 5, [standing.rank], "0", bold=True)
        fill = self.style(bg_color=FILLS[standing.light])
        self.sheet.write_string(row, self.last, Light(standing.light).label, fill)

    def _numbers(self, row, column, values, pattern, **extra):
        for offset, value in enumerate(values):
            if value is None:
                self.sheet.write_string(row, column + offset, NO_DATA, self.style(**extra))
            else:
                self.sheet.write_number(row, column + offset, value, self.style(num_format=pattern, align="right", **extra))

    def _ratio(self, row, column, ratio, **extra):
        scheme = self.round.scheme
        colour = lights.light(ratio, 100, scheme.green_from, scheme.yellow_from)
        fill = {} if ratio is None else {"bg_color": FILLS[colour]}
        self._numbers(row, column, [ratio if ratio is None else ratio / 100], "0.0%", **fill, **extra)

    def _total(self, row):
        self.sheet.merge_range(row, 0, row, 2, "合计", self.style(bold=True))
        for place, total in enumerate(self.matrix.totals):
            left = len(LEAD) + place * len(PARTS)
            for column in range(left, left + len(PARTS)):
                self.sheet.write_blank(row, column, None, self.style())
            if total:
                self._numbers(row, left, [total["target"], total["actual"]], "#,##0.00", bold=True)
                self._ratio(row, left + 2, total["ratio"], bold=True)
        for column in range(self.first_sum, self.last + 1):
            self.sheet.write_blank(row, column, None, self.style())

    def _foot(self, row):
        left = self.style.plain(align="left")
        self.sheet.merge_range(row, 0, row, self.last, FOOT, left)
        for number, text in enumerate(notes.general(self.round), start=1):
            self.sheet.merge_range(row + number, 0, row + number, self.last, f"{'注：' if number == 1 else '　　'}{number}.{text}", left)
        self.sheet.print_area(xl_range(0, 0, row + len(notes.general(self.round)), self.last))
