from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "apps.exchange"
    label = "exchange"
    verbose_name = "数据交换"

    def ready(self):
        from apps.exchange import services
        from apps.ledger import batches

        batches.told.append(services.undone)
