from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import DetailView, ListView, View

from apps.core.actor import Actor
from apps.jobs import services
from apps.jobs.choices import ENDED_EARLY
from apps.jobs.models import Job


class JobList(LoginRequiredMixin, ListView):
    """The jobs this person asked for or may follow, newest first."""

    template_name = "jobs/list.html"
    paginate_by = 50

    def get_queryset(self):
        return Job.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        at, silent = services.pulse()
        return super().get_context_data(swept_at=at, silent=silent, **kwargs)


class JobDetail(LoginRequiredMixin, DetailView):
    """One job: how far it is, and at its end what is now in the database."""

    template_name = "jobs/detail.html"
    context_object_name = "job"

    def get_queryset(self):
        return Job.objects.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        may_run = Job.objects.visible_to(self.request.user, act="run").filter(pk=self.object.pk).exists()
        return context | {"may_repeat": may_run and self.object.state in ENDED_EARLY, "may_cancel": may_run and self.object.is_open}


class JobStatus(JobDetail):
    """What the progress bar asks every two seconds."""

    def render_to_response(self, context):
        job = self.object
        return JsonResponse({"state": job.state, "open": job.is_open, "percent": job.percent, "label": job.label, "words": job.words})


class JobAgain(LoginRequiredMixin, View):
    """Ask once more for a job that failed or was cancelled: whoever asked for it, or may run such jobs."""

    def post(self, request, pk):
        job = get_object_or_404(Job.objects.visible_to(request.user, act="run"), pk=pk)
        return redirect("jobs:detail", services.again(job=job, actor=Actor.from_request(request)).pk)


class JobCancel(LoginRequiredMixin, View):
    """Call a job off: whoever asked for it, or may run such jobs."""

    def post(self, request, pk):
        job = get_object_or_404(Job.objects.visible_to(request.user, act="run"), pk=pk)
        services.cancel(job=job, actor=Actor.from_request(request))
        return redirect("jobs:detail", job.pk)
