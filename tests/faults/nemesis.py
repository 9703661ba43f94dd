"""Does to the office what power cuts, operators and upgrades do, in an order drawn from the seed."""

import random
import signal
import time
from contextlib import suppress

import redis
from django.conf import settings
from django.db import connection

from tests.faults.servers import pause, until

WORK = 2  # operations that must have gone well between two faults: breaking what stands still proves nothing
PATIENCE = 20  # seconds


class Nemesis:
    """Each fault is a method; `deeds` remembers what was done when."""

    PROCESSES = ("kill_worker", "kill_worker", "term_worker", "stall_worker", "kill_web", "term_web")
    REDIS = ("kill_beat", "flush_redis", "kill_redis", "stop_redis", "ring_again", "stall_worker")
    POSTGRES = ("postgres_immediate", "postgres_fast", "cut_session")
    DOUBLING = ("stall_worker", "ring_again")  # what lease and fence are for: the diet of the broken build

    def __init__(self, office, *, diary, kinds, faults, seed, gap):
        self.office, self.diary, self.random, self.gap = office, diary, random.Random(seed), gap
        self.plan, self.deeds = [], []
        while len(self.plan) < faults:  # every kind before any comes again
            self.plan += self.random.sample(kinds, len(kinds))
        del self.plan[faults:]

    def run(self):
        for kind in self.plan:
            promised = self.diary.kept
            pause(self.random.uniform(*self.gap))
            until(lambda: self.diary.kept >= promised + WORK, PATIENCE)  # noqa: B023  (asked before the next round)
            self.deeds.append((time.time(), kind))
            getattr(self, kind)()

    def a_worker(self):
        return self.random.choice(self.office.workers)

    def kill_worker(self):
        self.a_worker().send(signal.SIGKILL)

    def term_worker(self):
        self.a_worker().send(signal.SIGTERM, group=False)

    def stall_worker(self):
        """A worker that hangs for longer than its lease and then wakes, sure that the job is still his."""
        worker = self.a_worker()
        worker.send(signal.SIGSTOP)
        pause(self.office.lease + 1.5)
        worker.send(signal.SIGCONT)

    def kill_web(self):
        self.office.web.send(signal.SIGKILL)

    def term_web(self):
        self.office.web.send(signal.SIGTERM, group=False)

    def kill_beat(self):
        self.office.beat.send(signal.SIGKILL)

    def flush_redis(self):
        with suppress(redis.RedisError):  # it may be down already
            redis.Redis.from_url(self.office.redis.url, socket_timeout=2).flushall()

    def kill_redis(self):
        self.office.redis.send(signal.SIGKILL)

    def stop_redis(self):
        self.office.redis.send(signal.SIGSTOP)
        pause(3)
        self.office.redis.send(signal.SIGCONT)

    def ring_again(self):
        """Messages come late, twice and out of order: the last jobs' ids again, three times each."""
        from apps.jobs import services
        from apps.jobs.models import Job

        jobs = list(Job.objects.order_by("-pk")[:8]) * 3
        connection.close()
        self.random.shuffle(jobs)
        for job in jobs:
            services.ring(job)

    def postgres_immediate(self):
        self._restart("immediate")

    def postgres_fast(self):
        self._restart("fast")

    def _restart(self, mode):
        connection.close()
        self.office.postgres.control("restart", mode)

    def cut_session(self):
        """One connection breaks, whoever holds it."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
            pids = [row[0] for row in cursor.fetchall()]
            if pids:
                cursor.execute("SELECT pg_terminate_backend(%s)", [self.random.choice(pids)])
        connection.close()

    @classmethod
    def kinds(cls, broken):
        if broken:
            return cls.DOUBLING
        return cls.PROCESSES + (cls.REDIS + cls.POSTGRES if settings.REDIS_URL else ())
