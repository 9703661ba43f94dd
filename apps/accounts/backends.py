from django.contrib.auth.backends import ModelBackend


class OfficeBackend(ModelBackend):
    """Sign-in by user name and password. Inactive people and one-time passwords past their day are nobody."""

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and not user.one_time_password_lapsed
