"""By which columns a file is read: what its uploader says, a saved mapping that is recognised, or the titles alone."""

from django.db import transaction

from apps.core.errors import Refused
from apps.exchange.layout import ASIDE, NOTHING, Told, find_header
from apps.exchange.mapping_models import ColumnMapping, Reading
from apps.exchange.units import factor
from apps.journal import services as journal
from apps.ledger import services as ledger_services

EXAMPLES = 3


def told_of(reading, words, surely=False):
    """Return the Told of something with `columns` and `sheet`: a Reading, or a ColumnMapping."""
    aside = frozenset(key for key, (name, _) in reading.columns.items() if name == ASIDE)
    columns = {key: ("", "") if key in aside else tuple(said) for key, said in reading.columns.items()}
    return Told(columns, reading.sheet, words, surely, aside)


def words_for(saved):
    return f"按“{saved.name}”（{saved.organisation}）读取" if saved else "按指定的各列读取"


def recognise(batch, source, resource, otherwise):
    """Return the Told a batch's file is read by, and let the batch remember it (`keep_reading` stores it).

    What the uploader said counts; otherwise a saved mapping whose every title stands in one header. Where two fit equally
    well and do not say the same, none is taken and the notes name them.  otherwise: the Told where nothing is said or saved.
    """
    reading = Reading.objects.filter(batch=batch).select_related("saved__organisation").first() or Reading(batch=batch)
    batch.read_by = reading
    if reading.by_person:
        return told_of(reading, words_for(reading.saved), surely=True) if reading.columns else NOTHING
    saved, words = _recognised(saved_for(batch.kind, resource.user), source, resource)
    if not words and otherwise.words:
        reading.saved, reading.columns, reading.sheet = None, otherwise.columns, otherwise.sheet
        return otherwise
    reading.saved, reading.columns, reading.sheet = saved, saved.columns if saved else {}, saved.sheet if saved else ""
    return told_of(reading, words)


def keep_reading(batch):
    """Store by which columns the batch was read, so that it stays what was shown; nothing where its file did not open."""
    if reading := getattr(batch, "read_by", None):
        reading.save()


def mappings_of(user):
    """Return the live mappings `user` may use."""
    return ColumnMapping.objects.visible_to(user).live().select_related("organisation")


def saved_for(kind, user):
    return mappings_of(user).filter(kind=kind)


def _recognised(mappings, source, resource):
    """Return (the mapping that fits best or None, words for the notes)."""

    def rank(mapping):
        return len(mapping.columns), mapping.organisation_id == resource.user.unit_id

    fitting = [mapping for mapping in mappings if _fits(told_of(mapping, ""), source, resource)]
    if not fitting:
        return None, ""
    best = max(map(rank, fitting))
    chosen = [mapping for mapping in fitting if rank(mapping) == best]
    if any((other.columns, other.sheet) != (chosen[0].columns, chosen[0].sheet) for other in chosen):
        names = "、".join(f"“{mapping.name}”（{mapping.organisation}）" for mapping in chosen)
        return None, f"有 {len(chosen)} 个已保存的列对应都适合这张表：{names}，没有采用；请在“列的对应”中选择"
    return chosen[0], words_for(chosen[0])


def _fits(told, source, resource):
    wanted = resource.wanted()
    sheets = [sheet for sheet in source.sheets if sheet.state == "visible"]
    return any((layout := find_header(sheet.head, sheet.merged, wanted, told)) and told.fits(layout) for sheet in sheets)


def faults_of(columns, resource):
    """Return what is wrong with columns a person chose, as sentences.  columns: [(letter, title, field name or "", unit)]."""
    by_name = {column.name: column for column in resource.columns}
    faults, places = [], {}
    for place, title, name, unit in columns:
        if name in ("", ASIDE):
            continue
        if name not in by_name:
            faults.append(f"{place} 列“{title}”：没有这样的数据项。")
            continue
        column = by_name[name]
        if unit and unit != column.unit and factor(unit, column.unit) is None:
            faults.append(f"{place} 列“{title}”：单位“{unit}”不能换算为“{column.unit or '无单位'}”。")
        if name in places:
            faults.append(f"“{column.title}”选了两次：{places[name]} 列和 {place} 列，只能选一列。")
        places.setdefault(name, place)
    return faults if faults or places else ["请至少指定一列。"]


@transaction.atomic
def tell(*, batch, columns, sheet, actor, saved=None):
    """Say for one file by which columns it is read (empty `columns`: by its titles alone). The file is to be judged again."""
    told = {"columns": columns, "sheet": sheet, "saved": saved, "by_person": True}
    Reading.objects.update_or_create(batch=batch, defaults=told)
    detail = {"batch": str(batch.pk), "columns": columns, "mapping": saved and saved.name}
    journal.record(act="指定各列", actor=actor, target=f"{batch.ledger.label}：{batch.filename}", detail=detail)


def keep(*, kind, name, organisation, columns, sheet, actor):
    """Save a mapping under a name for an office and return it; one of that name is changed, and its history kept.

    Raises ValidationError, and Refused where the actor may not keep mappings of that office.
    """
    user = actor.user
    if not user.may("change", "column-mappings"):
        raise Refused("您的岗位不能保存列对应。")
    if organisation is None:
        raise Refused("您的账号没有单位，不能保存列对应；不填名称则只用于这个文件。")
    values = {"columns": columns, "sheet": sheet}
    known = ColumnMapping.objects.visible_to(user).live().filter(kind=kind, name=name, organisation=organisation).first()
    if known:
        return ledger_services.change(record=known, values=values, version=known.version, actor=actor, reason="重新指定各列")
    values |= {"kind": kind, "name": name, "organisation": organisation}
    return ledger_services.create(model=ColumnMapping, values=values, actor=actor, reason="指定各列")


def columns_in_words(mapping):
    """Return [(title as compared, title of the field or None, unit)] of a mapping for people."""
    titles = {column.name: column.title for column in mapping.ledger.resource().columns} if mapping.ledger else {}
    return [(key, titles.get(name), unit) for key, (name, unit) in mapping.columns.items()]


def example_cells(sheet, layout, index):
    """Return the first few filled cells under a title, from the rows at hand."""
    below = [cells[index - 1] for number, cells in sheet.head if number > layout.last and index <= len(cells)]
    return [cell for cell in below if cell not in (None, "")][:EXAMPLES]
