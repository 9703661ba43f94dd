from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "apps.jobs"
    label = "jobs"
    verbose_name = "后台作业"

    def ready(self):
        """Let every app declare its kinds of jobs."""
        autodiscover_modules("tasks")
