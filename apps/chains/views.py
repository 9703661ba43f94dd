"""The chain pages: short words and big figures, readable with one thumb."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from apps.chains import selectors, services
from apps.chains.forms import InstructionForm
from apps.chains.models import Instruction
from apps.core import clock
from apps.core.actor import Actor
from apps.enterprises.selectors import latest_period
from apps.ledger import registry
from apps.ledger.access import RightRequired, SignedIn
from apps.ledger.edit import FormFlow
from apps.ledger.lights import RED


class ChainList(SignedIn, TemplateView):
    """The chains a person may see; who has only one goes straight to it."""

    template_name = "chains/list.html"

    def get(self, request, *args, **kwargs):
        self.period, self.lines = selectors.overview(request.user)
        if len(self.lines) == 1:
            return redirect("chains:page", self.lines[0]["chain"].pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context):
        return super().get_context_data(period=self.period, lines=self.lines, year=clock.today().year, **context)


class ChainPage(SignedIn, TemplateView):
    """The chief's page: targets against the ledger, nine ones, firms."""

    template_name = "chains/page.html"

    def get_context_data(self, **context):
        user, year = self.request.user, clock.today().year
        chain = get_object_or_404(selectors.chains_of(user), pk=self.kwargs["pk"])
        period = latest_period(user)
        facts = selectors.facts_of(user, period, [chain.industry_id])[chain.industry_id] if period else []
        items = list(selectors.items_of(chain, year, user))
        may = {act: user.may(act, "nine-ones") for act in ("add", "change")}
        lacking, archived = selectors.lacking_items(chain, year, user) if may["add"] or not items else ([], [])
        instructions = list(selectors.instructions_of(chain, user))
        return super().get_context_data(
            chain=chain,
            officers=selectors.officers_of([chain])[chain.pk],
            performance=selectors.performance(chain, user, facts, period),
            firms=selectors.top_firms(facts),
            items=items,
            all_items=registry.get("nine-ones").list_of("chain", chain),
            lacking=len(lacking),
            archived=selectors.archived_told(archived),
            done=sum(item.is_done for item in items),
            year=year,
            may=may,
            instructions=instructions,
            overdue=[row for row in instructions if row.light.colour == RED],
            overdue_items=selectors.overdue_items(items),
            form=InstructionForm(user=user) if user.may("issue", "instructions") else None,
            **context,
        )


class Urge(SignedIn, TemplateView):
    """The overdue ones of this year's nine ones as text to be sent to the chain's office."""

    template_name = "chains/urge.html"

    def get_context_data(self, **context):
        user, year = self.request.user, clock.today().year
        chain = get_object_or_404(selectors.chains_of(user), pk=self.kwargs["pk"])
        text = selectors.urging_text(chain, selectors.items_of(chain, year, user), selectors.officers_of([chain])[chain.pk])
        return super().get_context_data(chain=chain, text=text, words=[("产业链", chain), ("年度", year)], **context)


class Instruct(RightRequired, FormFlow):
    """Give an instruction: the form of the chief's page; shown on its own where something must be corrected."""

    subject = "instructions"
    act = "issue"
    template_name = "chains/instruct.html"

    def start(self):
        self.chain = get_object_or_404(selectors.chains_of(self.request.user), pk=self.kwargs["pk"])
        return Instruction(chain=self.chain)

    def form(self, data=None):
        return InstructionForm(data, instance=self.instance, user=self.request.user)

    def save(self, form):
        return services.instruct(chain=self.chain, values=form.values(), actor=Actor.from_request(self.request))

    def done_url(self, record):
        return reverse("chains:page", args=[self.chain.pk])

    def get_context_data(self, **context):
        return super().get_context_data(chain=self.chain, **context)


class OpenYear(RightRequired, View):
    """Draw up this year's list of a chain, or what it lacks."""

    subject = "nine-ones"
    act = "add"

    def post(self, request, pk):
        chain = get_object_or_404(selectors.chains_of(request.user), pk=pk)
        rows, archived = services.open_year(chain=chain, year=clock.today().year, actor=Actor.from_request(request))
        messages.success(request, f"已建立 {len(rows)} 项清单。{selectors.archived_told(archived)}")
        return redirect("chains:page", pk)
