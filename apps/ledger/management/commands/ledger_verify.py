import dataclasses

from apps.journal.commands import OfficeCommand
from apps.ledger import verification


class Command(OfficeCommand):
    help = "核对每条记录与其最后一条历史、每个附件与其校验值：有不符的，退出码为 1。历史本身由 journal_verify 核对。"

    def act(self, **options):
        verdict = verification.verify()
        return {**dataclasses.asdict(verdict), self.EXIT: 1 if verdict.wrong else 0}

    def tell(self, document):
        for fault in document["faults"]:
            self.stdout.write(f"{fault}。")
        summed = f"台账 {document['rows']} 条、附件 {document['papers']} 个"
        self.stdout.write(f"{summed}，{document['wrong']} 处与写入时不符。" if document["wrong"] else f"{summed}，与写入时相符。")
