import logging
import signal
import threading

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from apps.jobs import services, watchdog
from apps.journal.commands import OfficeCommand

logger = logging.getLogger(__name__)
POLL = 1  # seconds


class Command(OfficeCommand):
    help = "执行后台作业（不需要 Redis）。收到 SIGTERM 时做完手上的作业再退出；卡住而有作业等待时以 70 退出，由守护者重新启动。"

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="做完现有的作业就退出")

    def act(self, *, once, **options):
        stop = threading.Event()
        if once:
            services.bury()
            return {"status": "done", "jobs": services.drain(stop)}
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        statements = watchdog.Statements()
        watchdog.start(lambda: statements.count)
        with connection.execute_wrapper(statements):
            return {"status": "stopped", "jobs": self.serve(stop)}

    def tell(self, document):
        self.stdout.write(f"完成 {document['jobs']} 次作业")

    def serve(self, stop):
        """Poll until `stop` and return how many times a job was run; a database that is away for a while is waited for."""
        polls_between_sweeps = max(1, int(settings.JOB_SWEEP.total_seconds() / POLL))
        polls = count = 0
        while not stop.is_set():
            close_old_connections()
            try:
                if polls % polls_between_sweeps == 0:
                    services.look_after()
                count += services.drain(stop)
            except (OperationalError, InterfaceError):
                logger.exception("the database does not answer; trying again")
            polls += 1
            stop.wait(POLL)
        return count
