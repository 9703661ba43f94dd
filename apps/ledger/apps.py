from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LedgerConfig(AppConfig):
    name = "apps.ledger"
    label = "ledger"
    verbose_name = "台账"

    def ready(self):
        from apps.journal.proofs import register
        from apps.ledger.proofs import broken, papers_broken

        autodiscover_modules("ledgers")
        register("history", broken)
        register("paper", papers_broken)
