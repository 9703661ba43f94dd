from django.apps import AppConfig


class GradingConfig(AppConfig):
    name = "apps.grading"
    label = "grading"
    verbose_name = "亩均评价"

    def ready(self):
        from apps.grading import proofs
        from apps.grading.methods import marks
        from apps.grading.panels import grades
        from apps.journal import seen
        from apps.ledger import registry, verification

        registry.get("enterprises").panels.append(grades)
        seen.also("评价办法", marks)
        verification.also(proofs.compare)
