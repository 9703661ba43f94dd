from apps.grading import services
from apps.jobs.kinds import job_kind


@job_kind("grading.regrade", label="亩均重算", about="{year}年")
def regrade(job):
    """Evaluate params["year"], by params["method"] where it is given, else by the default."""
    services.regrade(job=job, **job.params)


@job_kind("grading.refresh", label="亩均数据核对")
def refresh(job):
    """Re-evaluate the years whose inputs have changed."""
    services.refresh(job=job)
