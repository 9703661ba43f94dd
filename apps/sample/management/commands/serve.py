"""The embedded office: database, plan, sample county, job runner and web server with one command."""

import os
import signal
import subprocess
import sys

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


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
        """Run both processes until one ends or somebody stops us; then end both."""
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "jinyun.wsgi",
            "--bind",
            bind,
            "--workers",
            "2",
            "--threads",
            "4",
            "--graceful-timeout",
            "20",
        ]
        children = [subprocess.Popen(line) for line in ([*manage, "run_jobs"], [*web, "--log-level", "warning"])]
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: [child.terminate() for child in children])
        first, _ = os.wait()
        for child in children:
            if child.pid != first:
                child.terminate()
                child.wait()
        return 0
