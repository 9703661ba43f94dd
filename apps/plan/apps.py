from django.apps import AppConfig


class PlanConfig(AppConfig):
    name = "apps.plan"
    label = "plan"
    verbose_name = "规划"
