from django import forms

from apps.accounts.choices import Role
from apps.accounts.forms import PostField
from apps.accounts.models import Post
from apps.chains.models import Instruction, NineOnesItem
from apps.ledger.forms import LedgerForm, date_box


class ChainForm(LedgerForm):
    """The specialist is chosen among the posts of the chain offices in force; that it is this chain's the model asks."""

    specialist = PostField(label="指导专员", queryset=None, required=False, help_text="本链链办的一个岗位。")

    def narrow(self, user):
        super().narrow(user)
        offices = Post.objects.in_force().filter(role=Role.CHAIN_OFFICE)
        self.fields["specialist"].queryset = offices.select_related("user", "platform", "town", "industry")


class ItemForm(LedgerForm):
    """How far one of the nine ones is; its title belongs to the list, not to the progress."""

    class Meta:
        model = NineOnesItem
        fields = ["state", "due", "done_on", "document_number", "evidence"]
        widgets = {"due": date_box(), "done_on": date_box()}


class InstructionForm(LedgerForm):
    """What a chief types on his phone: what, who, until when."""

    class Meta:
        model = Instruction
        fields = ["text", "unit", "deadline", "urgency", "source"]
        widgets = {"deadline": date_box(), "text": forms.Textarea(attrs={"rows": 3})}

    def narrow(self, user):
        super().narrow(user)
        self.fields["unit"].required = self.fields["deadline"].required = True
