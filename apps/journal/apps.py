from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JournalConfig(AppConfig):
    name = "apps.journal"
    label = "journal"
    verbose_name = "日志"

    def ready(self):
        from apps.journal import checks  # noqa: F401  (registers the system check)
        from apps.journal.guards import install_after_migrate

        post_migrate.connect(install_after_migrate, sender=self)
