"""Django's password validators, fed by the profile the office runs under."""

import string

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from apps.accounts.rules import PROFILES, password_problems


def profile():
    """Return the password profile in force (settings.PASSWORD_PROFILE)."""
    return PROFILES[settings.PASSWORD_PROFILE]


class FitsProfile:
    """Length, classes, no user name, no repetition."""

    def validate(self, password, user=None):
        problems = password_problems(password, getattr(user, "username", ""), profile())
        if problems:
            raise ValidationError(problems)

    def get_help_text(self):
        rules = profile()
        classes = f"含大写字母、小写字母、数字、其他字符中的至少 {rules.classes} 类，" if rules.classes else ""
        return f"至少 {rules.min_length} 个字符，{classes}不含用户名。"


class NotUsedBefore:
    """Not one of the person's last passwords."""

    def validate(self, password, user=None):
        kept = profile().history
        if user is None or user.pk is None or not kept:
            return
        if any(check_password(password, old.password) for old in user.past_passwords.all()[:kept]):
            raise ValidationError(f"不能使用最近 {kept} 次用过的密码。")

    def get_help_text(self):
        kept = profile().history
        return f"不能与最近 {kept} 次的密码相同。" if kept else ""


class NotCommon(CommonPasswordValidator):
    """Not on the list of leaked and common passwords, nor such a word with digits and signs hung on: Jinyun-2021!"""

    LOCAL = frozenset({"jinyun", "缙云", "jinyunxian", "缙云县", "lishui", "丽水", "zhejiang", "浙江"})  # ASVS 5.0 6.2.11

    def validate(self, password, user=None):
        bare = password.rstrip(string.digits + string.punctuation)
        if bare.lower() in self.LOCAL:
            raise ValidationError(self.get_error_message())
        super().validate(password, user)
        super().validate(bare, user)

    def get_error_message(self):
        return "这个密码太常见，容易被猜到。"

    def get_help_text(self):
        return "不能是常见密码或地名加数字。"
