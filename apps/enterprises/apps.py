from django.apps import AppConfig


class EnterprisesConfig(AppConfig):
    name = "apps.enterprises"
    label = "enterprises"
    verbose_name = "企业"

    def ready(self):
        from apps.enterprises.models import check_parcels
        from apps.ledger import checks
        from apps.platforms.models import Parcel

        checks.register(Parcel, check_parcels)
