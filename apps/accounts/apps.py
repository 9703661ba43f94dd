from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    label = "accounts"
    verbose_name = "人员"

    def ready(self):
        from apps.accounts import checks, signals  # noqa: F401
