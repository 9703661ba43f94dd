from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "apps.assessments"
    label = "assessments"
    verbose_name = "考核"

    def ready(self):
        from apps.assessments import proofs
        from apps.assessments.panels import scores
        from apps.ledger import registry, verification

        registry.get("assessment-rounds").panels.append(scores)
        verification.also(proofs.compare)
