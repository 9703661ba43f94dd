"""The acts of the quarterly assessment: open a round, ask for a computation, compute."""

from collections import Counter
from dataclasses import asdict
from fractions import Fraction
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.assessments import feeds, proofs, rules
from apps.assessments.choices import Source
from apps.assessments.models import AssessmentRound, AssessmentValue, Computation, Group, Indicator, Scheme, Score, Standing, Target, Unit
from apps.core.errors import Refused
from apps.core.json import dumps
from apps.core.scope import unscoped
from apps.jobs import services as jobs
from apps.journal import services as journal
from apps.ledger import lights
from apps.ledger import services as ledger
from apps.ledger.choices import Origin

MOST = 1_000  # values typed at once
RECALCULATE = "assessments.recalculate"


@transaction.atomic
def open_round(*, scheme, quarter, actor, origin=Origin.OFFICE, reason="", **values):
    """Open `quarter` (1-4) of a scheme: one value row per unit and indicator, its target set by the pace.

    origin: of the round and of every row.  values: what else the round begins with (the day the values are due).
    Raises ValidationError when the scheme has this round already, Refused while it has no units or no indicators, or is archived.
    """
    with unscoped("轮次包括方案的全部考核对象"):
        scheme, units, indicators = _held(scheme)
    begun = {"scheme": scheme, "quarter": quarter, "origin": origin, **values}
    opened = ledger.create(model=AssessmentRound, values=begun, actor=actor, reason=reason or "开启考核轮次")
    with unscoped("轮次包括方案的全部考核对象"):
        rows = _rows_of(opened, units, indicators, origin)
    if not rows:
        raise Refused(f"“{scheme}”还没有考核对象或考核指标，不能开启轮次。")
    ledger.write_batch(model=AssessmentValue, new=rows, changed=[], actor=actor, reason=f"开启 {opened.code}")
    return opened


def _held(scheme):
    """Return the scheme, its units and its indicators as they are now, locked until the round stands.

    Whoever changes the scheme's year or archives a part of it waits, and then meets the round (`settled`, `unfinished`).
    """
    scheme = Scheme.objects.select_for_update(no_key=True).get(pk=scheme.pk)
    if scheme.archived_at:
        raise Refused(f"“{scheme}”已归档，不能开启轮次；请先恢复。")
    _, units, indicators = [
        list(rows.live().filter(**{path: scheme}).select_for_update(of=("self",), no_key=True).order_by("pk"))
        for rows, path in ((Group.objects, "scheme"), (Unit.objects, "group__scheme"), (Indicator.objects, "scheme"))
    ]
    return scheme, units, indicators


def _rows_of(opened, units, indicators, origin):
    """Return the unsaved value rows of a round: every unit of the scheme on every indicator."""
    scheme = opened.scheme
    found = Target.objects.live().filter(indicator__scheme=scheme).select_related("indicator")
    targets = {(target.unit_id, target.indicator_id): target for target in found}
    rows = []
    for unit in units:
        for indicator in indicators:
            target = targets.get((unit.pk, indicator.pk))
            rows.append(
                AssessmentValue(
                    round=opened,
                    unit=unit,
                    indicator=indicator,
                    target=target and target.of_quarter(opened.quarter, scheme.pace),
                    source=Source.FED if indicator.feed else Source.TYPED,
                    origin=origin,
                )
            )
    return rows


@transaction.atomic
def fill(*, value, values, version, actor, reason=""):
    """Write a typed value while its round takes values and return it. Raises Conflict, ValidationError and Refused."""
    if value.source != Source.TYPED:
        raise Refused(f"{value.unit}“{value.indicator}”由台账取数，不能填报；请在台账中更正后重新计分。")
    round = _locked(value.round_id, actor)
    _check_live(round)
    if not round.takes_values:
        raise Refused(f"{round.code} 处于“{round.state_label}”，不再填报；需要更正的，请审核人退回补报。")
    return ledger.change(record=value, values=values, version=version, actor=actor, reason=reason)


@transaction.atomic
def fill_sheet(*, rows, actor, reason=""):
    """Write many typed values at once, all or none, and return them.  rows: triples (value, field -> value, version).

    Raises Refused with `left_out`, the rows that cannot be written and why ({"id", "label", "why"}): every one is tried.
    """
    _check_once([value for value, *_ in rows])
    written, left_out = [], []
    for value, values, version in rows:
        try:
            with transaction.atomic():
                written.append(fill(value=value, values=values, version=version, actor=actor, reason=reason))
        except (Refused, ValidationError) as fault:
            left_out.append({"id": value.pk, "label": str(value), "why": _why(fault)})
    if left_out:
        first = f"{left_out[0]['label']}：{left_out[0]['why']}"
        raise Refused(f"有 {len(left_out)} 项不能填报，没有保存任何内容，请改正后重新提交。{first}", left_out=left_out)
    return written


def _check_once(values):
    doubled = [value for value, times in Counter(values).items() if times > 1]
    if doubled:
        raise Refused(f"“{doubled[0]}”在同一次填报中出现了两次，没有保存任何内容；请每项只填一次。")


def _why(fault):
    return "；".join(fault.messages) if isinstance(fault, ValidationError) else str(fault)


@transaction.atomic
def request_recalculation(*, round, actor):
    """Queue a computation of the round and return its job; requests that are still waiting become one.

    Raises Refused once the round has been checked, as its score stands then, or archived.
    """
    _check_open(round)
    return jobs.enqueue(kind=RECALCULATE, key=f"assess:{round.pk}", params={"round": round.pk}, actor=actor)


@transaction.atomic
def recalculate(*, round, actor):
    """Fetch what the ledgers supply, score and rank every unit, store it as a new computation and point the round at it.

    Everything happens in the caller's transaction; an earlier computation stays as it was. Returns the Computation.
    Raises Refused where the round has no values, is archived, or its score stands already.
    """
    round = _locked(round.pk, actor)
    _check_open(round)
    _feed(round, actor)
    values = round.values_with_parts()
    if not values:
        raise Refused(f"{round} 没有考核数据，不能计分。")
    standings = _score(round.scheme, values)
    computation = Computation.objects.create(
        round=round,
        number=round.computations.count() + 1,
        result_share=round.scheme.result_share,
        input_hash=round.input_hash(values),
        output_hash=_output_hash(standings),
        actor=actor.post,
    )
    _store(computation, values, standings)
    ledger.change(record=round, values={"current": computation}, version=round.version, actor=actor, reason="考核计分")
    detail = {"input": computation.input_hash, "output": computation.output_hash}
    detail |= {"of": computation.pk, "sealed": proofs.seal_of(computation)}
    journal.record(act="考核计分", actor=actor, target=str(computation), detail=detail)
    return computation


def _locked(pk, actor):
    """Return the round locked: before its values, whoever writes them (docs/decisions/32-lock-order.md)."""
    rounds = AssessmentRound.objects.read_by(actor.user).select_related("scheme")
    return rounds.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _check_live(round):
    if round.archived_at:
        raise Refused(f"“{round}”已归档，不能填报、计分。")


def _check_open(round):
    _check_live(round)
    if not round.takes_score:
        raise Refused(f"{round.code} 处于“{round.state_label}”，不能重新计分；需要更正的，请先退回审核。")


def _feed(round, actor):
    """Bring the values that ledgers supply up to date; only what changed is written."""
    values = [value for value in round.values_with_parts() if value.source == Source.FED]
    wanted = {value.indicator.feed for value in values}
    known = feeds.read(wanted, {value.unit for value in values}, round.scheme.year, round.last_month)
    changed = []
    for value in values:
        actual = known[value.indicator.feed][value.unit_id]
        if value.actual != actual:
            value.actual = actual
            changed.append((value, ["actual"]))
    ledger.write_batch(model=AssessmentValue, new=[], changed=changed, actor=actor, reason="台账取数")


def _score(scheme, values):
    """Return unit -> rules.Standing, ranked inside the groups."""
    measures = [indicator.measure() for indicator in {value.indicator: None for value in values}]
    groups = {}
    for value in values:
        row = groups.setdefault(value.unit.group_id, {}).setdefault(value.unit, {})
        row[value.indicator_id] = rules.Reading(value.target, value.actual)
    standings = {}
    for readings in groups.values():
        standings |= rules.score_group(measures, readings, scheme.result_share)
    return standings


def _output_hash(standings):
    """Digest every exact result, so that equal inputs can be seen to give equal results."""
    rows = [[str(unit), _plain(asdict(standing))] for unit, standing in standings.items()]
    return sha256(dumps(rows).encode()).hexdigest()


def _plain(value):
    if isinstance(value, dict):
        return [_plain(item) for item in value.values()]
    return str(value) if isinstance(value, Fraction) else value


def _store(computation, values, standings):
    scheme = computation.round.scheme
    Score.objects.bulk_create(_score_row(computation, value, standings[value.unit].marks[value.indicator_id]) for value in values)
    Standing.objects.bulk_create(_standing_row(computation, scheme, unit, standing) for unit, standing in standings.items())


def _score_row(computation, value, mark):
    return Score(
        computation=computation,
        unit=value.unit,
        indicator=value.indicator,
        target=value.target,
        actual=value.actual,
        ratio=rules.percent(mark.ratio),
        weight=rules.decimal(mark.weight, 8),
        score=rules.decimal(mark.score, 8),
        rank=mark.rank,
        stand_in=mark.stand_in,
    )


def _standing_row(computation, scheme, unit, standing):
    points = {name: rules.decimal(getattr(standing, name), 8) for name in ("result", "process", "bonus", "penalty", "total")}
    light = lights.light(standing.completion, 1, scheme.green_from, scheme.yellow_from)
    return Standing(
        computation=computation, unit=unit, completion=rules.percent(standing.completion), rank=standing.rank, light=light, **points
    )
