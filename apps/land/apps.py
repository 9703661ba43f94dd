from django.apps import AppConfig


class LandConfig(AppConfig):
    name = "apps.land"
    label = "land"
    verbose_name = "土地"

    def ready(self):
        from apps.land.models import check_parcels
        from apps.ledger import checks
        from apps.platforms.models import Parcel

        checks.register(Parcel, check_parcels)
