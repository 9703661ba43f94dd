from apps.core.errors import Refused
from apps.core.usage import year
from apps.grading import methods, services
from apps.grading.models import GradingRun
from apps.jobs.choices import State
from apps.jobs.services import run_here
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "亩均重算：登记作业并在本进程执行，新的结果成为该年度的当前运算"
    needs_user = True

    def add_arguments(self, parser):
        parser.add_argument("--year", type=year, required=True, help="数据年度")
        parser.add_argument("--method", default=methods.DEFAULT, metavar="CODE", help=f"评价办法，默认 {methods.DEFAULT}")

    def act(self, *, year, method, **options):
        job = run_here(services.request_run(year=year, method=method, actor=self.actor).pk)
        if job.state != State.DONE:
            raise Refused(job.error or "重算没有完成，请查看作业。")
        run = GradingRun.objects.get(job=job)
        return {
            "run": run.pk,
            "year": run.year,
            "method": run.method_code,
            "population": run.population,
            "participants": run.participants,
            "excluded": run.excluded,
            "grades": run.grades,
            "output_hash": run.output_hash,
        }

    def tell(self, document):
        self.stdout.write(GradingRun.objects.get(pk=document["run"]).words)
        self.stdout.write(f"办法 {document['method']}，结果指纹 {document['output_hash']}")
