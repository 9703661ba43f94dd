"""Evaluating a year: ask for it, compute it, put the pointer on it."""

from hashlib import sha256

from apps.core import clock
from apps.core.actor import Actor
from apps.core.bulk import insert_rows, reserve_keys
from apps.core.collector import resting
from apps.core.errors import Refused
from apps.enterprises.selectors import years_with_facts
from apps.grading import methods, proofs, selectors
from apps.grading.models import CurrentRun, GradeResult, GradingRun
from apps.grading.rules import record
from apps.grading.rules.evaluation import evaluate
from apps.jobs import services as jobs
from apps.journal import services as journal

STEPS = 3


def request_run(*, year, method, actor):
    """Queue the evaluation of `year` by the method called `method` and return the job.

    Raises Refused without the right, for an unknown method, and for a year nobody reported figures of.
    """
    if actor.user is not None and not actor.user.may("run", "grading"):
        raise Refused("您的岗位不能发起亩均重算。")
    code = methods.get(method).code
    if year not in years_with_facts(actor.user):
        raise Refused(no_facts(year))
    return jobs.enqueue(kind="grading.regrade", key=f"regrade:{year}:{code}", params={"year": year, "method": code}, actor=actor)


@resting()
def regrade(*, job, year, method=methods.DEFAULT):
    """Evaluate `year` and make the new run the current one; all of it is written when `job` ends, or nothing.

    method: its code; a recalculation nobody asked for takes the default, whatever was tried before. Raises Refused for
    a year without figures.
    """
    method = methods.get(method)
    cutoff = clock.now()
    firms = selectors.inputs_of(year)
    if not firms:
        raise Refused(no_facts(year))
    job.beat(1, STEPS)
    outcome = evaluate(method, firms)
    run = _describe(year, method, cutoff, firms, outcome)
    job.beat(2, STEPS)
    with job.finishing(result={"link": run.get_absolute_url()}) as report:
        [run.pk], digest, seal = reserve_keys(GradingRun, 1), sha256(), sha256()
        rows = record.written(outcome.results, digest, seal)
        insert_rows(GradeResult, ["run_id", *record.COLUMNS], ((run.pk, *row) for row in rows))
        run.job, run.created_by, run.output_hash = job, job.requested_by, digest.hexdigest()
        run.save(force_insert=True)
        _point_at(run)
        report["text"] = run.words
        proof = {"method": method.label, "input": run.input_hash, "output": run.output_hash, "grades": run.grades}
        proof |= {"of": run.pk, "sealed": proofs.seal_of(run, seal.hexdigest())}
        journal.record(act="亩均重算", actor=job.actor, target=str(run), detail=proof)


def refresh(*, job):
    """Queue the evaluation of every year whose inputs are no longer those of its current run.

    For changes that do not name a year: land that comes or goes, an enterprise that leaves the ledger.
    """
    changed = [year for year in selectors.years() if record.input_hash(selectors.inputs_of(year)) != selectors.current_run(year).input_hash]
    text = f"{'、'.join(map(str, changed))}年的数据有变化，已提交重算。" if changed else "各年度的评价数据没有变化。"
    with job.finishing(result={"text": text}):
        for year in changed:
            jobs.enqueue(kind="grading.regrade", key=f"regrade:{year}", params={"year": year}, actor=Actor.system("亩均数据核对"))


def no_facts(year):
    return f"{year}年没有企业年度数据，无法评价；请先导入该年度数据。"


def _describe(year, method, cutoff, firms, outcome):
    """Return the unsaved GradingRun of an outcome; its output's hash is known when the results are written."""
    participants = sum(not result.excluded for result in outcome.results)
    return GradingRun(
        year=year,
        method_code=method.code,
        method_version=method.version,
        method_hash=method.content_hash,
        method_content=method.content,
        cutoff=cutoff,
        input_hash=record.input_hash(firms),
        population=len(outcome.results),
        participants=participants,
        excluded=len(outcome.results) - participants,
        grades=record.counted(outcome.results),
        groups={code: record.summary(group, outcome.results, outcome.constants[code]) for code, group in method.groups.items()},
    )


def _point_at(run):
    """Make `run` the current one, unless a run with a later data cut-off already is: the pointer never goes back."""
    pointers = CurrentRun.objects.select_for_update(no_key=True).select_related("run")
    pointer, created = pointers.get_or_create(year=run.year, defaults={"run": run})
    if not created and pointer.run.cutoff <= run.cutoff:
        pointer.run = run
        pointer.save(update_fields=["run"])
