from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExchangeConfig(AppConfig):
    name = "apps.exchange"
    label = "exchange"
    verbose_name = "数据交换"

    def ready(self):
        from apps.exchange import services
        from apps.ledger import batches

        batches.told.append(services.undone)
        autodiscover_modules("official")
