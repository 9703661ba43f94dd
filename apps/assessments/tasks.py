from apps.assessments import services
from apps.assessments.models import AssessmentRound
from apps.jobs.kinds import job_kind


@job_kind(services.RECALCULATE, label="考核计分")
def recalculate(job):
    """Score the round `job.params["round"]`; the new computation and the job's end are one transaction."""
    round = AssessmentRound.objects.select_related("scheme").get(pk=job.params["round"])
    with job.finishing(result={"round": round.pk}) as result:
        computation = services.recalculate(round=round, actor=job.actor)
        result |= {"computation": computation.pk, "output_hash": computation.output_hash}
