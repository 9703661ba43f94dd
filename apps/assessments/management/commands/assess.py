from apps.assessments import selectors, services
from apps.assessments.management.quarter import QuarterCommand
from apps.core.errors import Refused
from apps.core.numbers import show
from apps.jobs import services as jobs
from apps.jobs.choices import State


class Command(QuarterCommand):
    help = "对一个季度的考核计分：写入作业并在本进程内执行。"
    right = "run"

    def on_round(self, round, **options):
        job = jobs.run_here(services.request_recalculation(round=round, actor=self.actor).pk)
        if job.state != State.DONE:
            raise Refused(job.error or "考核计分没有完成，请稍后再试。")
        round.refresh_from_db()
        return {
            "quarter": round.code,
            "scheme": round.scheme.name,
            "units": round.current.standings.count(),
            "computation": round.current_id,
            "groups": selectors.ranking(round),
            "output_hash": round.current.output_hash,
        }

    def tell(self, document):
        self.stdout.write(f"{document['scheme']} {document['quarter']}：{document['units']} 个考核对象已计分。")
        for group in document["groups"]:
            self.stdout.write(group["group"])
            for line in group["ranking"]:
                self.stdout.write(f"  {line['rank'] or '—'}  {line['unit']}  {show(line['total'])}")
