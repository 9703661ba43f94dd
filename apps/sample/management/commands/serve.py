"""The embedded office: database, plan, sample county, job runner and web server with one command."""

import signal
import subprocess
import sys
import threading

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

WEB = ["--workers", "2", "--threads", "4", "--graceful-timeout", "20", "--log-level", "warning"]


class Command(BaseCommand):
    help = "启动内嵌版：建库、载入规划和示例县、启动作业进程和网站。"

    def add_arguments(self, parser):
        parser.add_argument("--bind", default="127.0.0.1:8000")
        parser.add_argument("--prepare", action="store_true", help="只准备数据，不启动")

    def handle(self, *args, bind, prepare, **options):
        call_command("migrate", verbosity=0)
        call_command("load_plan", stdout=self.stderr)
        call_command("load_sample", stdout=self.stderr)
        call_command("settings_seen", stdout=self.stderr)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("sign_ins", address=f"http://{bind}/")
        if not prepare:
            sys.exit(self.serve(bind))

    def serve(self, bind):
        """Run both processes until the web server ends or somebody stops us; jobs that end meanwhile are started again."""
        jobs_line = [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_jobs"]
        web_line = [sys.executable, "-m", "gunicorn", "jinyun.wsgi", "--bind", bind, *WEB]
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        web, jobs = subprocess.Popen(web_line), subprocess.Popen(jobs_line)
        while not stop.wait(1) and web.poll() is None:
            if jobs.poll() is not None:
                self.stderr.write(f"作业进程以 {jobs.returncode} 退出，重新启动。")
                jobs = subprocess.Popen(jobs_line)
        for child in (web, jobs):
            child.terminate()
        ends = [child.wait() for child in (web, jobs)]
        return 0 if stop.is_set() else ends[0]
