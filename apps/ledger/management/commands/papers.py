from pathlib import Path

from apps.core.disk import whole_file
from apps.core.errors import Refused
from apps.core.usage import number
from apps.ledger import papers
from apps.ledger.api.serializers import PaperSerializer
from apps.ledger.commands import RecordCommand


class Command(RecordCommand):
    help = "一条记录的附件：列出；--add 上传，--fetch 另存，--withdraw 撤下。"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--add", metavar="FILE", help="上传这个文件，须有 --slot")
        act.add_argument("--fetch", type=number, metavar="ID", help="另存这份附件，须有 --out")
        act.add_argument("--withdraw", type=number, metavar="ID", help="撤下这份附件，须有 --reason")
        parser.add_argument("--slot", metavar="SLOT", help="附件类别的代码")
        parser.add_argument("--out", metavar="OUT", help="另存到哪里")
        parser.add_argument("--reason", default="", metavar="TEXT", help="撤下的原因")

    def on_ledger(self, ledger, **options):
        if not ledger.has_papers:
            raise self.wrong_use(f"“{ledger.label}”没有附件。")
        return super().on_ledger(ledger, **options)

    def on_record(self, ledger, record, add, fetch, withdraw, slot, out, reason, **options):
        if add:
            return self._document(self._add(ledger, record, add, slot))
        if fetch:
            return self._fetch(self._named(record, fetch), out)
        if withdraw:
            paper = self._named(record, withdraw)
            papers.withdraw(record=record, paper=paper, reason=reason, actor=self.actor)
            return self._document(self._named(record, withdraw))
        return self._document(*papers.shown(record, self.user))

    def _add(self, ledger, record, file, slot):
        slots = [place.code for place in ledger.workflow.slots]
        if slot not in slots:
            raise self.wrong_use(f"请用 --slot 指明附件类别，可用：{'、'.join(slots)}。")
        if not Path(file).is_file():
            raise self.wrong_use(f"没有文件 {file}。")
        papers.require_keeper(record, self.user)
        with open(file, "rb") as content:
            return papers.add(record=record, slot=slot, name=Path(file).name, content=content.read(papers.MAX_BYTES + 1), actor=self.actor)

    def _fetch(self, paper, out):
        if not self.writable_path(out):
            raise self.wrong_use("请用 --out 指明另存到哪里。")
        content = papers.read(paper)
        with whole_file(out) as file:
            file.write(content)
        return self._document(paper) | {"file": out}

    def _named(self, record, key):
        """Return a paper of this record that the person is shown, withdrawn or not."""
        paper = papers.shown(record, self.user).filter(pk=key).first()
        if paper is None:
            raise Refused("这条记录没有这份附件。")
        return paper

    @staticmethod
    def _document(*found):
        return {"status": "done", "papers": PaperSerializer(found, many=True).data}

    def tell(self, document):
        for paper in document["papers"]:
            withdrawn = f"，已撤下：{paper['withdrawn_why']}" if paper["withdrawn_at"] else ""
            self.stdout.write(f"{paper['id']}  {paper['slot']}  {paper['name']}  {paper['size']} 字节{withdrawn}")
        if "file" in document:
            self.stdout.write(f"已存为 {document['file']}。")
