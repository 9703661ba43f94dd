"""Judge every row of a sheet: new, changed, unchanged or wrong, and why. Reads the ledger, writes nothing."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice, takewhile
from operator import itemgetter

from django.core.exceptions import ValidationError

from apps.core.bulk import maker, twin
from apps.core.errors import Refused
from apps.core.scope import unscoped
from apps.core.text import same_brackets, spellings
from apps.exchange import constraints, rules, sheets
from apps.exchange.beside import Beside
from apps.exchange.choices import Verdict
from apps.exchange.falls import Falls
from apps.exchange.findings import Notes, cell_error, error, rule_error
from apps.exchange.foreign import Foreign
from apps.exchange.layout import NOTHING, letter
from apps.exchange.loaders import leading, within
from apps.exchange.matching import Skipped
from apps.exchange.merged import Covered
from apps.exchange.reading import MAX_ROWS, READ_COLUMNS
from apps.exchange.sums import Sums
from apps.ledger import hands

CHUNK = 2_000
TOTALS = ("total", "subtotal", "group")
UNCHECKED = 10  # so many totals that were not checked are named
PASSED_OVER = {"foot": "表尾", "header": "重复的标题", "part": "部分合计或平均（没有核对）"}


@dataclass(slots=True)
class Judged:
    """What a StagedRow will keep of a row, without the cost of a model instance a row."""

    row: int
    label: str
    errors: list
    verdict: str = ""
    target: int | None = None
    base_version: int | None = None
    values: dict = field(default_factory=dict)
    changes: list = field(default_factory=list)


def empty_default(field):
    """Return what an untouched field of a new record holds where that is nothing: None or an empty text; `...` where it is something."""
    default = field.get_default()
    return default if default in (None, "") else ...


class Judge:
    """One pass over the data rows of a sheet. `rows()` yields what to stage; counts, notes and errors fill meanwhile."""

    def __init__(self, *, resource, sheet, layout, given, foreign=(), lent=(), names=None, told=NOTHING):
        self.resource, self.sheet, self.layout, self.given, self.told = resource, sheet, layout, given, told
        self.model = resource._meta.model
        self.reach, self.make = resource.user.reach(), maker(self.model)
        self.notes, self.errors, self.counts = Notes(), [], Counter()
        self.missing = {}  # title of a required column the file lacks -> first row that is new
        self.hidden = []
        self.names = names or {}  # key column -> matching.Names: rows that leave the code out
        self.skipped, self.passed = [], Counter()  # kind of a row (row_kinds.row_kind) -> how many
        self.seen = {}  # key tuple -> first row with it
        self.taken = {column.name: {} for column in resource.columns if column.model_field and column.model_field.unique}
        resource.bind()
        resource.place(layout.columns, foreign, lent)
        self.foreign = Foreign([column for column in resource.columns if column.name in foreign])
        self._columns = resource.get_import_fields()
        self.sums = Sums(self._columns)
        self.label = self.model._meta.verbose_name
        self.alike = [column for column in self._columns if column.name in resource.alike]
        self.compared = [column for column in self._columns if column.name in resource.against_last_year]
        self.falls = Falls(resource, self._columns)
        self.alike_seen = {column: {} for column in self.alike}  # value -> first row with it
        self._cells = [(column.index, column.title) for column in resource.columns if column.index]
        self._beside = [index for index in range(1, READ_COLUMNS + 1) if index not in layout.titles]
        self.untitled = set()
        self._width = max(index for index, _ in self._cells)
        self._keys = resource.keys
        self.covered = Covered(sheet, layout.last, self._read()) or None  # nearly every sheet has none: nothing to ask a row
        self.said_beside = Beside(sheet, layout, resource, told) or None  # what columns of units and taxes say
        self._stored = [(column.attname, empty_default(column.model_field)) for column in resource.columns if column.model_field]
        self._needed = [column for column in resource.data_columns if column.required and (column.lent or not column.index)]
        self.unkeyed_unique = [column for column in self._columns if column.name in self.taken]

    def rows(self):
        """Yield a Judged for every data row, in order, with a bounded number of rows in memory."""
        data = self._data()
        while chunk := list(islice(data, CHUNK)):
            yield from self._judge(chunk)
        for number, column, sentence in self.falls.found():
            self.notes.in_row(number, "falls")(column, sentence)
        sheets.describe(self.sheet, self.layout, self.resource, self.notes)
        self.foreign.describe(self.notes)
        if self.untitled:
            self.notes.say(f"没有标题的列有数据，没有读取：{'、'.join(map(letter, sorted(self.untitled)))} 列。")
        for rows, words in ((self.hidden, "隐藏的行也已读取"), (self.skipped, "按您的决定跳过的行")):
            if rows:
                listed = "、".join(map(str, rows[:20])) + ("等" if len(rows) > 20 else "")
                self.notes.say(f"{words}，共 {len(rows)} 行：第 {listed} 行。")

    # --- from the sheet ---------------------------------------------------------------------------------------

    def _data(self):
        """Yield (number, row) with row a mapping of titles to cells; totals are checked, feet and headers passed over."""
        foot = None  # the last row of that kind, until a data row follows it
        for number, hidden, cells, kind in sheets.data_rows(self.sheet, self.layout, self.resource):
            if kind in (*TOTALS, "part") and self.resource.printed_totals:
                kind = "data"
            covered = self.covered and self.covered.in_row(number, cells)
            if kind in TOTALS:
                self._check_totals(self.sums.compare(number, cells, kind))
            elif kind == "data":
                self.counts["rows"] += 1
                if foot:
                    sheets.check_from_here(*foot, self.layout, self.resource)
                    foot = None
                if hidden:
                    self.hidden.append(number)
                row = self._row(cells)
                if covered:
                    row |= {title: covered[index] for index, title in self._cells if index in covered}
                if self.said_beside:
                    row |= self.said_beside.in_row(number, cells)
                self.sums.add(row)
                yield number, row
            self.passed[kind] += 1
            if kind == "data":
                self._look_beside(number, cells)
            elif kind == "foot":
                foot = number, cells
                for note in sheets.check_foot(number, cells, self.layout, self.resource, self.given.get("year"), self.told):
                    self.notes.say(note)
        self._check_totals(self.sums.rest(self._data_again))
        self.errors.sort(key=itemgetter("row"))
        self._say_passed_over()

    def _data_again(self):
        """Yield (number, cells, row) of every data row once more."""
        for number, _, cells, kind in sheets.data_rows(self.sheet, self.layout, self.resource):
            if kind == "data":
                yield number, cells, self._row(cells)

    def instead_of_data(self):
        """Say what stands below the header of a sheet without data."""
        rows = self.passed.total()
        return f"标题行下面只有合计、表尾等 {rows} 行，没有一行写明代码或名称" if rows else "标题行下面是空的"

    def _say_passed_over(self):
        """Note how many rows of what kind are no data."""
        unchecked = sorted(self.sums.unchecked)
        totals = sum(self.passed[kind] for kind in TOTALS) - len(unchecked)
        passed = self.passed + Counter(part=len(unchecked))
        if skipped := [f"{passed[kind]} 行{word}" for kind, word in PASSED_OVER.items() if passed[kind]]:
            self.notes.say(f"跳过 {'、'.join(skipped)}。")
        if unchecked:
            listed = "、".join(f"第 {number} 行“{name}”" for number, name in unchecked[:UNCHECKED])
            more = f"等 {len(unchecked)} 行" if len(unchecked) > UNCHECKED else ""
            self.notes.say(f"{listed}{more}：分不清是哪些行之和，没有核对，请自行核对。")
        if totals:
            self.notes.say(f"识别出 {totals} 行合计，不作为数据导入；写有数值的合计已与各行之和核对。")

    def _read(self):
        """Return the indices of the columns whose empty cells say something: keys, data, names that stand for a missing code."""
        names = [self.resource.named[key] for key in self.names if not self.resource.fields[key].index]
        return {
            column.index for column in (*self._keys, *self._columns, *names) if column.index and (column.model_field or column in names)
        }

    def _row(self, cells):
        cells = [None, *cells, *[None] * (self._width - len(cells))]
        return {title: cells[index] for index, title in self._cells}

    def _look_beside(self, number, cells):
        """Remember the columns that hold data under no title, and read what stands there of units."""
        for index in takewhile(len(cells).__ge__, self._beside):
            if not rules.is_blank(cell := cells[index - 1]):
                self.untitled.add(index)
                if isinstance(cell, str):
                    sheets.check_beside(number, cell, self.layout, self.resource)

    def _check_totals(self, differences):
        for found in differences:
            if found.wrong:
                sums = f"{found.who}写 {rules.plain(found.printed)}，{found.whose}之和为 {rules.plain(found.total)}"
                message = f"{sums}；请核对是否缺行，或改正合计。"
                cell = cell_error(found.column, found.column.cell(found.cells), message)
                self.errors.append(error(self.sheet.name, found.number, *cell))
            else:
                self.notes.say(
                    f"第 {found.number} 行合计的“{found.column.title}”与{found.whose}之和 {rules.plain(found.total)} 相差在四舍五入范围内。"
                )

    # --- from row to verdict ----------------------------------------------------------------------------------

    def _judge(self, chunk):
        if self.counts["rows"] > MAX_ROWS:
            raise Refused(f"数据超过 {MAX_ROWS:,} 行，请分成几个文件上传。")
        keyed = [(number, row, *key) for number, row in chunk if (key := self._key_unless_skipped(number, row))]
        loader = self.resource._meta.instance_loader_class(self.resource, [key for _, _, key, _ in keyed if key])
        judged = [self._judge_row(number, row, key, faults, loader) for number, row, key, faults in keyed]
        own = [pair for pair, (number, _, key, _) in zip(judged, keyed, strict=True) if key and self.seen[key] == number]
        self._check_unique(own)
        self._note_alike(own)
        self._note_jumps([pair for pair in own if pair[0].values])
        for staged, record in own if self.falls else ():
            if not staged.errors:
                self.falls.add(staged.row, record)
        for staged, _ in judged:
            self.counts[staged.verdict] += 1
            yield staged

    def _key_unless_skipped(self, number, row):
        """Return what `_key` does, None for a row the uploader said to pass over."""
        try:
            return self._key(number, row)
        except Skipped:
            self.skipped.append(number)
            return None

    def _key(self, number, row):
        """Return (key tuple or None, values and errors) of a row's key columns."""
        values, faults, say = {}, [], self.notes.in_row(number)
        for column in self._keys:
            names = self.names.get(column.name)
            if names and names.stand_for(row):
                try:
                    values[column.name] = names.find(number, row, say)
                except ValueError as fault:
                    at = column if column.index else names.companion
                    faults.append(cell_error(at, row[at.title], str(fault)))
                continue
            if not column.index:
                values[column.name] = self.given[column.name]
                continue
            try:
                if rules.is_blank(row[column.title]):
                    raise rules.Fault("不能为空", "请填写后重新上传")
                values[column.name] = self._key_value(column, row, values, say)
                self._check_given(column, values[column.name])
            except ValueError as fault:
                faults.append(cell_error(column, row[column.title], str(fault)))
        if faults:
            return None, (values, faults)
        key = tuple(getattr(value, "pk", value) for value in values.values())
        first = self.seen.setdefault(key, number)
        if first != number:
            column = self._naming_column(row)
            faults.append(
                cell_error(column, row.get(column.title), f"与第 {first} 行重复；同一记录只能有一行，请删除第 {first} 行或第 {number} 行。")
            )
        return key, (values, faults)

    def _key_value(self, column, row, values, say):
        """Return the value of a key cell; a month written with the year of its row is that month.  values: those of the keys before it."""
        try:
            return column.clean(row, say=say)
        except ValueError:
            if column.widget.form != "period":
                raise
        cell, year = row[column.title], None if column.name == "year" else values.get("year", 0)
        value, remark = column.widget.in_other_words(cell, year)
        say(column, remark)
        return value

    def _naming_column(self, row):
        """Return the column that names the record in this row: its first key, or the name that stands for it."""
        column = self.resource.keys[0]
        names = self.names.get(column.name)
        return names.companion if names and names.stand_for(row) else column

    def _check_given(self, column, value):
        if column.name in self.given and value != self.given[column.name]:
            raise rules.Fault(f"为 {value}，与上传时选择的 {self.given[column.name]} 不一致", "请改正文件，或改选后重新上传")

    def _judge_row(self, number, row, key, found, loader):
        values, faults = found
        say = self.notes.in_row(number)
        record = loader.get_instance(key) if key else None
        new, original = record is None, None if record is None else twin(record)
        if new:
            record = self.make({})
            for name, value in values.items():
                setattr(record, name, value)
        else:
            faults += self._out_of_reach(record, row, loader)
        faults += self._import(record, row, original, say) + self.foreign.faults(row)
        whole = not new or bool(faults) or self._complete(record, number)
        same = not new and self.resource.skip_row(record, original, row, faults)
        if not faults and whole and not same:
            faults += self._broken_rules(record, row)
        staged = Judged(row=number, label=str(record)[:200] if key else "", errors=faults)
        staged.verdict = Verdict.ERROR if faults else Verdict.NEW if new else Verdict.UNCHANGED if same else Verdict.CHANGED
        if not faults and not same:
            self._stage(staged, record, original)
        return staged, record

    def _import(self, record, row, original, say):
        """Set every field from its cell; return the errors, one for each bad cell."""
        try:
            self.resource.import_instance(record, row, original=original, say=say)
        except ValidationError as errors:
            faults = ((self.resource.fields[name], fault.message) for name, (fault,) in errors.error_dict.items())
            return [cell_error(column, row[column.title], sentence) for column, sentence in faults]
        return []

    def _complete(self, record, number):
        """Fill in what a new row may take from elsewhere; say whether it has all it needs, and remember the columns the file lacks."""
        for name, sentence in self.resource.complete(record):
            self.notes.in_row(number)(self.resource.fields[name], sentence)
        lacking = [column.title for column in self._needed if getattr(record, column.attname) in (None, "")]
        for title in lacking:
            self.missing.setdefault(title, number)
        return not lacking

    def _out_of_reach(self, record, row, loader):
        column = self._naming_column(row)
        if record.pk not in loader.visible:
            return [cell_error(column, row.get(column.title), "已在台账中，但不在您的范围内；请核对，或交由有权限的单位导入。")]
        if record.archived_at:
            return [cell_error(column, row.get(column.title), "该记录已归档；请先在台账中恢复，再导入。")]
        return []

    def _broken_rules(self, record, row):
        """Return the errors of rules that look at several fields of one row, each at a cell that can put it right."""
        broken = constraints.broken(record)
        if record.pk and hands.held_by(record, self.resource.user) is False:
            broken.append(([], hands.refusal(record)))
        if not within(record, self.reach):
            broken.append((leading(self.model, self.reach), "写入后不在您的范围内"))
        return [rule_error(self.resource, names, sentence, lambda column: row.get(column.title)) for names, sentence in broken]

    def _check_unique(self, judged):
        """Refuse values of unique fields that stand twice, in the file or in the ledger. One query a field.

        judged: rows with a key of their own, also those that are wrong elsewhere. Names are compared whatever brackets
        they are written with; a row that changes nothing is never at fault.
        """
        for column in self.unkeyed_unique:
            given = [(staged, record, getattr(record, column.attname)) for staged, record in judged]
            given = [(staged, record, value) for staged, record, value in given if value not in (None, "")]
            values = {spelling for _, _, value in given for spelling in spellings(value)}
            with unscoped("唯一性检查"):
                known = self.model.objects.filter(**{f"{column.attname}__in": values}).values_list(column.attname, "pk")
                stored = {same_brackets(value): pk for value, pk in known}
            for staged, record, value in given:
                first = self.taken[column.name].setdefault(same_brackets(value), staged.row)
                owner = stored.get(same_brackets(value))
                if staged.verdict != Verdict.UNCHANGED and (first != staged.row or (owner and owner != record.pk)):
                    where = f"与第 {first} 行重复" if first != staged.row else "已用于台账中的另一条记录"
                    staged.errors.append(cell_error(column, value, f"{where}；请核对后改正。"))
                    staged.verdict, staged.values, staged.changes = Verdict.ERROR, {}, []

    def _note_alike(self, judged):
        """Note where two records say the same in a field in which they rarely do (a name under two codes). One query a field.

        Only what the person may see is compared: a note must not tell of a record beyond the scope.
        """
        for column in self.alike:
            first = self.alike_seen[column]
            given = {getattr(record, column.attname) for _, record in judged} - {"", None}
            stored, written = {}, {spelling for value in given for spelling in spellings(value)}
            known = self.model.objects.visible_to(self.resource.user).live().filter(**{f"{column.attname}__in": written})
            for pk, value, key in known.values_list("pk", column.attname, self.resource.keys[0].attname):
                stored.setdefault(same_brackets(value), []).append((pk, key))
            for staged, record in judged:
                value = getattr(record, column.attname)
                if value not in given:
                    continue
                name = same_brackets(value)
                others = [key for pk, key in stored.get(name, ()) if pk != record.pk]
                if first.setdefault(name, staged.row) != staged.row:
                    self.notes.in_row(staged.row)(column, f"“{value}”与第 {first[name]} 行相同，代码不同，请核对是否同一{self.label}")
                elif others:
                    self.notes.in_row(staged.row)(column, f"“{value}”与台账中的 {others[0]} 相同，代码不同，请核对是否同一{self.label}")

    def _note_jumps(self, judged):
        """Note figures far from those of the same record a year before, as a wrong unit makes them. One query.

        judged: rows that are written. The whole key but the year is the same; only what the person may see is compared.
        """
        written = set().union(*(staged.values for staged, _ in judged))
        compared = [column for column in self.compared if column.attname in written]
        if not compared:
            return
        names = [column.attname for column in self.resource.keys]
        wanted = [tuple(getattr(record, name) - (name == "year") for name in names) for _, record in judged]
        whose, *others = [(column.name, set(part)) for column, part in zip(self.resource.keys, zip(*wanted, strict=True), strict=True)]
        known = self.model.objects.visible_to(self.resource.user).live().order_by().filter(**{f"{whose[0]}__pk__among": whose[1]})
        known = known.filter(**{f"{name}__in": part for name, part in others})
        figures = [column.attname for column in compared]
        before = {row[: len(names)]: row[len(names) :] for row in known.values_list(*names, *figures).iterator(CHUNK)}
        for (staged, _), key in zip(judged, wanted, strict=True):
            for column, figure in zip(compared, before.get(key, ()), strict=False):
                if figure and (said := rules.jump(staged.values.get(column.attname), figure)):
                    self.notes.in_row(staged.row, "last year")(column, said)

    def _stage(self, staged, record, original):
        """Put down what will be written, and from what to what for people."""
        if original is None:  # what is empty anyway is half of a row; the making of the record fills it in
            staged.values = {name: value for name, empty in self._stored if (value := getattr(record, name)) != empty}
            return
        written = [column for column in self._columns if column.model_field and column.get_value(record) != column.get_value(original)]
        staged.target, staged.base_version = record.pk, record.version
        staged.changes = [[column.title, *(rules.plain(column.export(row)) for row in (original, record))] for column in written]
        staged.values = {column.attname: getattr(record, column.attname) for column in written}
