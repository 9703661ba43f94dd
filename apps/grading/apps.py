from django.apps import AppConfig


class GradingConfig(AppConfig):
    name = "apps.grading"
    label = "grading"
    verbose_name = "亩均评价"

    def ready(self):
        from apps.grading.panels import grades
        from apps.ledger import registry

        registry.get("enterprises").panels.append(grades)
