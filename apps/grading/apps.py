from django.apps import AppConfig


class GradingConfig(AppConfig):
    name = "apps.grading"
    label = "grading"
    verbose_name = "亩均评价"
