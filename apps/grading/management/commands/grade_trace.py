from apps.core.errors import Refused
from apps.core.text import normalise_code
from apps.core.usage import number, year
from apps.grading import selectors
from apps.grading.trace import trace
from apps.journal.commands import OfficeCommand


class Command(OfficeCommand):
    help = "一家企业的评价过程：指标值、基准值、权重、得分、名次和各条规则"
    needs_user = True

    def add_arguments(self, parser):
        parser.add_argument("credit_code", metavar="CREDIT_CODE", help="统一社会信用代码")
        parser.add_argument("--year", type=year, required=True, help="数据年度")
        parser.add_argument("--run", type=number, metavar="ID", help="运算号，默认当前运算")

    def act(self, *, credit_code, year, run, **options):
        if not self.user.may("read", "grading"):
            raise Refused("您的岗位不能查看试算结果。")
        return trace(selectors.result_of(self.user, selectors.run_of(year, run), normalise_code(credit_code)))

    def tell(self, document):
        self.stdout.write(f"{document['name']}（{document['credit_code']}）{document['year']}年 {document['grade']} 档")
        for line in document["indicators"]:
            self.stdout.write(f"  {line['code']} {line['name']}：{line['calculation']}，基准 {line['benchmark_text']}，{line['score']} 分")
        for rule in document["rules"]:
            self.stdout.write(f"  {rule['name']}：{rule['effect']}")
        self.stdout.write(document["why"])
