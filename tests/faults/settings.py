"""The office of the fault run: the real settings, short pauses, and what `harness` does to make faults meet work."""

from jinyun.settings import *  # noqa: F403
from jinyun.settings import INSTALLED_APPS, env

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.harness"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # many sign-ins on two cores
FAULTS_SLOW = env.float("FAULTS_SLOW", 0.0)  # seconds every job takes longer, so that faults find it at work
FAULTS_BROKEN = env.bool("FAULTS_BROKEN", False)  # the build the checkers must catch: neither lease nor fence
