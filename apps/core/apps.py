from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"
    verbose_name = "基础"

    def ready(self):
        from apps.core import among, checks  # noqa: F401  (registers a look-up and the system checks)
