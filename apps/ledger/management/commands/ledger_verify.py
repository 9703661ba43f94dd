import dataclasses

from apps.journal.commands import OfficeCommand
from apps.ledger import verification


class Command(OfficeCommand):
    help = (
        "核对每条记录与其最后一条历史、每个附件与其校验值、历史和流转与日志、计算结果与日志：有不符的，退出码为 1。"
        "日志所记的历史由 journal_verify 核对。"
    )

    def act(self, **options):
        verdict = verification.verify()
        return {**dataclasses.asdict(verdict), "compared": verdict.compared, self.EXIT: 1 if verdict.wrong else 0}

    def tell(self, document):
        for fault in document["faults"]:
            self.stdout.write(f"{fault}。")
        summed = document["compared"]
        self.stdout.write(f"{summed}，{document['wrong']} 处与写入时不符。" if document["wrong"] else f"{summed}，与写入时相符。")
