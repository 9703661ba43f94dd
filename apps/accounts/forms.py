from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import password_validators_help_texts

from apps.accounts import handover
from apps.accounts.choices import ADMINISTRATORS, DataItem
from apps.accounts.models import Organisation, Post, User
from apps.core import clock
from apps.core.text import normalise_code
from apps.core.wording import HouseWords
from apps.ledger.forms import date_box

REFUSAL = "用户名或密码不正确，或账号不可用。"


class SignInForm(AuthenticationForm):
    """One sentence for every reason to refuse: unknown, wrong, inactive, lapsed."""

    error_messages = {"invalid_login": REFUSAL, "inactive": REFUSAL}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].label = "密码"


class ActForm(forms.Form):
    """One of the person's own posts in force."""

    post = forms.ModelChoiceField(queryset=Post.objects.none())

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["post"].queryset = user.posts.in_force()


class TokenForm(forms.Form):
    """A token to make: what for, in which of the person's own business posts, for how long."""

    name = forms.CharField(label="用途", max_length=40, help_text="如“统计局数据对接”。")
    post = forms.ModelChoiceField(label="办理岗位", queryset=Post.objects.none(), empty_label=None)
    days = forms.TypedChoiceField(label="有效期", coerce=int, choices=[(7, "7 天"), (30, "30 天"), (90, "90 天")], initial=30)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        posts = user.posts.in_force().exclude(role__in=ADMINISTRATORS)
        self.fields["post"].queryset = posts.select_related("platform", "town", "industry")


def _is_password_of(request, password):
    """Say whether `password` is the signed-in person's. Asked through the sign-in's own door, so that wrong tries count there."""
    return authenticate(request, username=request.user.username, password=password) is not None


class CodeForm(forms.Form):
    """The six digits the phone shows now."""

    code = forms.RegexField(
        r"^[0-9]{6}$",
        label="6 位验证码",
        error_messages={"required": "请输入验证码。", "invalid": "验证码是 6 位数字。"},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def __init__(self, data=None, **kwargs):
        if data is not None:
            data = {**data.dict(), "code": normalise_code(data.get("code", ""))}
        super().__init__(data=data, **kwargs)


class ProofForm(forms.Form):
    """The person's own password once more."""

    password = forms.CharField(
        label="登录密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self):
        if not _is_password_of(self.request, self.cleaned_data["password"]):
            raise forms.ValidationError("密码不正确。")


class PasswordForm(PasswordChangeForm):
    """The old password and the new one twice, judged by AUTH_PASSWORD_VALIDATORS."""

    error_messages = {"password_incorrect": "原密码不正确。", "password_mismatch": "两次输入的新密码不一致。"}

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        for name, label in {"old_password": "原密码", "new_password1": "新密码", "new_password2": "再输一次新密码"}.items():
            self.fields[name].label = label
        self.fields["new_password1"].help_text = "".join(password_validators_help_texts())
        self.fields["new_password2"].help_text = ""

    def clean_old_password(self):
        if not _is_password_of(self.request, self.cleaned_data["old_password"]):
            raise forms.ValidationError(self.error_messages["password_incorrect"])

    def clean_new_password1(self):
        """A password somebody else handed out is not kept, whatever history the profile asks for (ASVS 5.0 6.4.1)."""
        new = self.cleaned_data["new_password1"]
        if self.user.must_change_password and new == self.data.get("old_password"):
            raise forms.ValidationError("新密码不能与一次性密码相同。")
        return new


class PersonForm(HouseWords, forms.ModelForm):
    class Meta:
        model = User
        fields = ["username", "name", "organisation"]
        help_texts = {"username": "小写字母、数字、下划线，以字母开头，3 至 30 位；登记后不再改变。"}


class OrganisationForm(HouseWords, forms.ModelForm):
    class Meta:
        model = Organisation
        fields = ["name", "parent"]


class PostForm(HouseWords, forms.ModelForm):
    """A post to grant; which scope a role needs is checked by the service."""

    data_items = forms.MultipleChoiceField(label="数据项", choices=DataItem, required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Post
        fields = ["role", "organisation", "platform", "town", "industry", "data_items", "start", "end"]
        widgets = {"start": date_box(), "end": date_box()}
        help_texts = {
            "platform": "园区管理员必填。",
            "town": "乡镇街道必填。",
            "industry": "链长、链办必填。",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["data_items"].help_text = "部门报送员必填。"
        self.fields["start"].initial = clock.today
        for name in ("platform", "town", "industry"):
            self.fields[name].queryset = self.fields[name].queryset.live().unscoped("安全管理员授予岗位")


class PostField(forms.ModelChoiceField):
    """A post with the person who holds it, or held it."""

    def label_from_instance(self, post):
        return f"{post.user} · {post}{'（已离任）' if post.is_over else ''}"


class SuccessorForm(forms.Form):
    """Who takes over when a post ends; nobody, where none is named yet."""

    successor = PostField(label="接收岗位", queryset=None, required=False, empty_label="暂无接收人")

    def __init__(self, *args, post, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = handover.successors(post)
