"""The hand-over sheet on paper: of a post one still holds, or as it was kept when a post ended; printed or as a workbook."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from apps.accounts import handover, selectors
from apps.core import clock
from apps.core.actor import Actor
from apps.exchange.widgets import CellWidget
from apps.exchange.writer import XLSX, Heading, to_file, write_list
from apps.ledger.choices import Sensitivity
from apps.ledger.downloads import attachment

SIGNATURES = "移交人（签字）：　　　　　　　　接收人（签字）：　　　　　　　　监交人（签字）：　　　　　　　　日期：　　　　年　　月　　日"


class SheetPage(LoginRequiredMixin, TemplateView):
    """One sheet; `?format=xlsx` gives it as a workbook."""

    template_name = "accounts/sheet.html"

    def facts(self):
        """Return {post, successor, on, lines} of the sheet; raise Http404."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        facts = self.facts()
        if request.GET.get("format") == "xlsx":
            return self._workbook(**facts)
        return self.render_to_response(self.get_context_data(columns=handover.COLUMNS, **facts))

    def _workbook(self, **facts):
        file, _, digest = to_file(lambda target: _write(target, **facts))
        handover.taken_out(post=facts["post"], lines=facts["lines"], digest=digest, actor=Actor.from_request(self.request))
        return attachment(f"工作交接单{facts['on']:%Y%m%d}.xlsx", file, XLSX)


class OwnSheet(SheetPage):
    """What a post of one's own has open today."""

    def facts(self):
        post = get_object_or_404(self.request.user.posts.in_force(), pk=self.kwargs["pk"])
        return {"post": post, "successor": None, "on": clock.today(), "lines": handover.sheet(post)}


class Stored(SheetPage):
    """A kept sheet, for the two people it concerns."""

    def facts(self):
        handed = get_object_or_404(selectors.hand_overs_of(self.request.user), pk=self.kwargs["pk"])
        return {"post": handed.post, "successor": handed.successor, "on": handed.on, "lines": handed.lines}


def _write(target, post, successor, on, lines):
    """Write the sheet to an open file."""
    taker = f"{successor.user}（{successor}）" if successor else "未明确"
    write_list(
        target,
        title="工作交接单",
        head=[
            f"移交人：{post.user}（{post}）　接收人：{taker}　交接日期：{on.isoformat()}",
            f"未办结事项 {len(lines)} 项　{Sensitivity.INTERNAL.said}",
        ],
        columns=[Heading(title, CellWidget()) for title in handover.COLUMNS.values()],
        rows=([line[name] for name in handover.COLUMNS] for line in lines),
        signatures=SIGNATURES,
    )
