"""Find the row of another ledger a file means by a name, where it writes no code: what is certain is taken and said, the rest asked.

Certain is a name that is, compared by `naming.called`, the present or a former name of exactly one row the person may
see; a name the office has confirmed before; and what the uploader answered for this file. Everything else waits for a person.
"""

from functools import cached_property

from apps.exchange.choices import OPEN_NAMES, Answer, NameFound
from apps.exchange.mapping_models import ConfirmedName, NameInFile
from apps.exchange.naming import by_key, called, closest, core, key_of_name
from apps.exchange.rules import Fault, is_blank, refuse_senseless, text
from apps.ledger import registry

HOW = {
    NameFound.SAME: "按名称认定为",
    NameFound.FORMER: "按曾用名认定为",
    NameFound.CONFIRMED: "按本单位已确认的名称认定为",
    NameFound.ANSWERED: "按您的确认认定为",
}


class Skipped(Exception):
    """The uploader said that this row is to be passed over."""


class Names:
    """The rows one key column may mean by name, for one file. `found` fills while rows are judged: key -> NameInFile."""

    def __init__(self, column, companion, user, answers=()):
        """column: the key column with the code.  companion: the column with the name.  answers: NameInFile with an answer."""
        self.column, self.companion, self.user = column, companion, user
        self.widget = column.widget
        self.answers = {name.key: name for name in answers}
        self.found = {}

    def stand_for(self, row):
        """Say whether a row leaves its code out, so that the name decides."""
        return not self.column.index or is_blank(row[self.column.title])

    def find(self, number, row, say):
        """Return the record row `number` means, and let the row bear its name. Raises Fault, and Skipped."""
        cell = row[self.companion.title] if self.companion.index else None
        if is_blank(cell):
            raise Fault("不能为空", f"请填写{self.column.title}或{self.companion.title}后重新上传")
        refuse_senseless(cell)
        written, _ = text(cell)
        key = key_of_name(written)
        name = self.found.get(key)
        if name is None:
            name = self.found[key] = self._look_up(key, written)
        name.rows.append(number)
        if name.found == NameFound.SKIPPED:
            raise Skipped
        if name.found in OPEN_NAMES:
            reason, remedy = self._question(name)
            raise Fault(f"没有填写，{reason}" if self.column.index else reason, remedy)
        record = self.records[name.target]
        row[self.companion.title] = self.companion.get_value_of(record)
        say(self.companion, f"“{written}”{HOW[name.found]} {record}（{self._code(record)}）")
        return record

    # --- what is there ----------------------------------------------------------------------------------------

    @cached_property
    def records(self):
        """Primary key -> every row the person may refer to; read when the first name is looked up."""
        joins = [name for name in (self.widget.place, *self.widget.joins) if name]
        return self.widget.model.objects.read_by(self.user).live().select_related(*joins).in_bulk()

    @cached_property
    def by_name(self):
        """Key of a name -> {primary key: whether it is the present one}."""
        return by_key(self.records, self.widget.names)

    @cached_property
    def cores(self):
        return {key: core(key) for key in self.by_name}

    @cached_property
    def confirmed(self):
        """Key of a name -> primary key, as the person's office has confirmed them before."""
        office = self.user.unit_id
        names = ConfirmedName.objects.filter(organisation=office, ledger=registry.of_model(self.widget.model).code) if office else []
        return {name.key: name.target for name in names if name.target in self.records}

    # --- from name to row -------------------------------------------------------------------------------------

    def _look_up(self, key, written):
        name = NameInFile(key=key[:200], written=written[:200])
        if (answer := self.answers.get(name.key)) and self._take(name, answer):
            return name
        same = called(key, self.by_name)
        known = self.confirmed.get(name.key)
        if len(same.keys() | {known} - {None}) == 1:
            name.target = known or next(iter(same))
            name.found = (NameFound.SAME if same[name.target] else NameFound.FORMER) if same else NameFound.CONFIRMED
            name.candidates = [self._candidate(name.target, 100)]
            return name
        if same:
            name.found, near = NameFound.SEVERAL, [(pk, 100) for pk in dict.fromkeys([*same, *([known] if known else [])])]
        else:
            near = self._near(key)
            name.found = NameFound.CLOSE if near else NameFound.UNKNOWN
        name.candidates = [self._candidate(pk, score) for pk, score in near]
        return name

    def _take(self, name, answer):
        """Take over the answer to this name; False where the record it named is not there any more."""
        name.answer, name.target, name.candidates = answer.answer, answer.target, answer.candidates
        if name.answer == Answer.SKIP:
            name.found = NameFound.SKIPPED
            return True
        name.found = NameFound.ANSWERED
        if name.target in self.records:
            return True
        name.answer, name.target, name.candidates = "", None, []
        return False

    def _near(self, key):
        """Return [(primary key, likeness)] of the rows whose names are like `key`, each once."""
        near = {}
        for known, score in closest(key, self.cores):
            for pk in self.by_name[known]:
                near.setdefault(pk, score)
        return list(near.items())

    def _candidate(self, pk, score):
        record = self.records[pk]
        place = getattr(record, self.widget.place) if self.widget.place else ""
        return [pk, self._code(record), str(record), str(place or ""), score]

    def _code(self, record):
        return getattr(record, self.widget.by[0])

    def _question(self, name):
        """Return reason and remedy of a name that waits for a person."""
        remedy = f"请在“确认名称”中选择，或填写{self.column.title}后重新上传"
        if name.found == NameFound.UNKNOWN:
            return f"“{name.written}”不在台账中或不在您的范围内，也没有相近的名称", remedy
        first = "、".join(f"{title}（{code}）" for _, code, title, _, _ in name.candidates[:2])
        if name.found == NameFound.SEVERAL:
            return f"“{name.written}”有 {len(name.candidates)} 家同名：{first}", remedy
        return f"没有名为“{name.written}”的{self.widget.model._meta.verbose_name}，您是否指：{first}", remedy


def referred(resource):
    """Return the ledger whose rows a resource may mean by name, None where it means none."""
    models = [resource.fields[name].widget.model for name in resource.named]
    return registry.of_model(models[0]) if models else None


def names_for(resource, layout, batch):
    """Return key column name -> Names, for the key columns of a resource whose name may stand for the code in this file."""
    answers = list(batch.names.exclude(answer=""))
    return {
        name: Names(resource.fields[name], companion, resource.user, answers)
        for name, companion in resource.named.items()
        if companion.name in layout.columns
    }


def keep(batch, names):
    """Store what was found for the names of a file, in place of what an earlier judging found."""
    batch.names.all().delete()
    found = [name for one in names.values() for name in one.found.values()]
    for name in found:
        name.batch = batch
    NameInFile.objects.bulk_create(found)
