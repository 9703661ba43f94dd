"""Who calls the API: the session of the pages, or a personal access token."""

import re

from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from apps.accounts import tokens

REFUSAL = "访问令牌无效、已过期或已撤销，请在“个人设置”的“访问令牌”中重新建立。"
TOKEN = re.compile(rb"\w{20,200}")


class ByToken(TokenAuthentication):
    """`Authorization: Bearer <token>`; the person acts in the post the token was made for."""

    def authenticate_credentials(self, token):
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed(REFUSAL)
        try:
            return super().authenticate_credentials(token)
        except AuthenticationFailed as failure:
            raise AuthenticationFailed(REFUSAL) from failure

    def validate_user(self, auth_token):
        user = auth_token.user
        user.acting_post_id = auth_token.post_id
        if not tokens.holds(auth_token):
            raise AuthenticationFailed(REFUSAL)
        if user.password_is_due:
            raise PermissionDenied("请先修改密码。")
        return user, auth_token


class BySession(SessionAuthentication):
    """The session of the pages, with its CSRF token for everything that writes."""

    def enforce_csrf(self, request):
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refusal:
            raise PermissionDenied("缺少有效的 CSRF 令牌（X-CSRFToken 请求头）。") from refusal
