"""Paces hold for all web processes together where there is Redis, and for each where it is away (reliability.md E1)."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.cache import cache
from django.urls import reverse

from apps.accounts.choices import Role
from tests import factories

pytestmark = pytest.mark.django_db
PATH = reverse("workbench:search")
ELSEWHERE = """
import django; django.setup()
from django.conf import settings
from django_ratelimit.core import is_ratelimited
from django.test import RequestFactory
for _ in range({times}):
    is_ratelimited(RequestFactory().get("/"), group="workbench:search", key=lambda g, r: "{who}", rate="3/m", increment=True)
"""


def counted_in(settings, url):
    settings.PACE = {"workbench:search": "3/m"}
    settings.CACHES = {"default": {"BACKEND": "apps.core.shared_cache.SharedCache", "LOCATION": url, "KEY_PREFIX": "jinyun-counts"}}


def statuses(client, times):
    return [client.get(PATH).status_code for _ in range(times)]


@pytest.mark.services
def test_another_process_counts_too(client, settings):
    url = project.REDIS_URL
    assert url, "REDIS_URL is needed"
    counted_in(settings, url)
    cache.clear()
    clerk = factories.person("clerk", Role.PER_MU)
    client.force_login(clerk)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "jinyun.settings", "REDIS_URL": url}
    code = ELSEWHERE.format(times=2, who=clerk.pk)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=project.BASE_DIR, env=environment)
    assert statuses(client, 3) == [200, 429, 429]
    cache.clear()
    assert statuses(client, 1) == [200]


@pytest.mark.services
def test_forgetting_the_counts_leaves_the_bells_of_jobs(settings):
    counted_in(settings, project.REDIS_URL)
    redis = cache._cache.get_client(None, write=True)
    redis.set("celery-like", 1)
    cache.set("counted", 1)
    cache.clear()
    assert (redis.get("celery-like"), cache.get("counted")) == (b"1", None)
    redis.delete("celery-like")


def test_while_redis_is_away_pages_open_and_the_process_counts_alone(client, settings):
    counted_in(settings, "redis://127.0.0.1:1/0")
    client.force_login(factories.person("clerk", Role.PER_MU))
    assert statuses(client, 4) == [200, 200, 200, 429]
