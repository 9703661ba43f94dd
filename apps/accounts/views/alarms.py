"""What the security and the audit administrator should look at, and what they found out."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import ListView, View

from apps.accounts import alarms
from apps.accounts.models import Alarm
from apps.core.actor import Actor
from apps.core.errors import Refused
from apps.ledger.access import RightRequired
from apps.ledger.fields import faults_of
from apps.ledger.forms import ReasonForm


class Alarms(RightRequired, ListView):
    """Open alarms first, then the handled ones, newest first."""

    subject = "alarms"
    template_name = "accounts/alarms.html"
    paginate_by = 25
    queryset = Alarm.objects.select_related("user", "handled_by").order_by("handled_at", "-raised_at", "-pk")

    def get_queryset(self):
        rows = super().get_queryset()
        return rows if self.request.GET.get("show") == "all" else rows.filter(handled_at=None)

    def get_context_data(self, **context):
        return super().get_context_data(everything=self.request.GET.get("show") == "all", **context)


class Handle(RightRequired, View):
    """Acknowledge one alarm with what was found out."""

    subject, act = "alarms", "handle"
    http_method_names = ["post"]

    def post(self, request, pk):
        alarm = get_object_or_404(Alarm, pk=pk)
        form = ReasonForm(request.POST)
        if not form.is_valid():
            raise Refused(faults_of(form))
        alarms.handle(alarm=alarm, comment=form.cleaned_data["reason"], actor=Actor.from_request(request))
        messages.success(request, f"已处理：{alarm}。")
        return redirect("accounts:alarms")
