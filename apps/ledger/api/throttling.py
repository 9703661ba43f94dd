from django.conf import settings
from rest_framework.throttling import UserRateThrottle


class PerPerson(UserRateThrottle):
    """So many requests of one person a minute (settings.API_RATE), by session and tokens together."""

    def get_rate(self):
        return settings.API_RATE
