from apps.assessments import rules, selectors
from apps.core.errors import Refused
from apps.journal.commands import OfficeCommand


class QuarterCommand(OfficeCommand):
    """A command about one quarter's round; subclasses name the right they need and implement `on_round`."""

    needs_user = True
    right = ""

    def add_arguments(self, parser):
        parser.add_argument("quarter", help="季度，如 2021Q3（累计）")

    def act(self, quarter, **options):
        try:
            year, number = rules.parse_quarter(quarter)
        except ValueError as error:
            raise self.wrong_use(str(error)) from error
        if not self.user.may(self.right, "assessments"):
            raise Refused(f"您的岗位（{self.user.acting_label}）没有这项权限。")
        return self.on_round(selectors.round_of(self.user, year, number), **options)

    def on_round(self, round, **options):
        raise NotImplementedError
