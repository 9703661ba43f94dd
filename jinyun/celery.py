"""Celery rings the bell for rows of apps.jobs; what it loses or doubles does no harm."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinyun.settings")

app = Celery("jinyun")
app.config_from_object("django.conf:settings", namespace="CELERY")
