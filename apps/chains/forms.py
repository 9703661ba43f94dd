from django import forms
from django.db.models import Q

from apps.accounts.choices import Role
from apps.accounts.forms import PostField
from apps.accounts.models import Organisation, Post
from apps.chains.models import Instruction
from apps.chains.workflow import staffed
from apps.ledger.forms import LedgerForm, date_box

NOBODY_SIGNS = "该单位不存在，或没有能签收的人，交办后无人办理；请另选责任单位，或请安全管理员先为其授予岗位。"


class ChainForm(LedgerForm):
    """The specialist is chosen among the posts of the chain offices in force; that it is this chain's the model asks."""

    specialist = PostField(label="指导专员", queryset=None, required=False, help_text="本链链办的一个岗位。")

    def narrow(self, user):
        super().narrow(user)
        kept = Q(pk=self.instance.specialist_id)  # else an untouched form would empty the field once his post is over
        offices = Post.objects.filter(kept | Q(pk__in=Post.objects.in_force().filter(role=Role.CHAIN_OFFICE).values("pk")))
        self.fields["specialist"].queryset = offices.select_related("user", "platform", "town", "industry")


class TaskForm(LedgerForm):
    """An instruction; its unit is chosen among those somebody of whom can sign for it."""

    not_offered = {"unit": NOBODY_SIGNS}

    def narrow(self, user):
        super().narrow(user)
        if unit := self.fields.get("unit"):
            kept = Q(pk=self.instance.unit_id)  # else an untouched form would empty the field
            unit.queryset = Organisation.objects.filter(kept | Q(pk__in=staffed().values("pk")))


class InstructionForm(TaskForm):
    """What a chief types on his phone: what, who, until when."""

    class Meta:
        model = Instruction
        fields = ["text", "unit", "deadline", "urgency", "source"]
        widgets = {"deadline": date_box(), "text": forms.Textarea(attrs={"rows": 3})}

    def narrow(self, user):
        super().narrow(user)
        self.fields["unit"].required = self.fields["deadline"].required = True
