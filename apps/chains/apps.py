from django.apps import AppConfig


class ChainsConfig(AppConfig):
    name = "apps.chains"
    label = "chains"
    verbose_name = "产业链"

    def ready(self):
        from apps.chains import finding  # noqa: F401  (registers what the search finds)
