"""What every ledger promises as commands, from the same few attributes as tests/ledger/contract.py."""

import pytest

from apps.accounts.choices import ADMINISTRATORS, Role
from apps.journal.models import JournalEntry
from apps.ledger.models import WriteBatch
from tests import factories
from tests.commands import run
from tests.ledger.api_contract import TODAY, other_value


@pytest.mark.django_db
class CommandContract:
    """Mixed into LedgerContract."""

    def command(self, name, *args, user="editor"):
        """Run a command of this ledger as `user`; return (exit code, document)."""
        return run(name, self.code, *args, "--as", user)

    def test_command_reads_what_the_api_reads(self, script):
        record = self.make()
        code, document = self.command("show_record", f"id:{record.pk}")
        assert (code, document) == (
            0, {"status": "done", "ledger": self.code, "as_of": None, "record": script("get", f"{record.pk}/").json()}
        )  # fmt: skip
        then = self.command("show_record", f"id:{record.pk}", "--as-of", TODAY)[1]["record"]
        assert then == script("get", f"{record.pk}/", query={"as_of": TODAY}).json()
        assert self.command("show_record", f"id:{record.pk}", "--as-of", "2000-01-01")[0] == 1
        assert self.command("show_record", f"id:{record.pk}", "--as-of", "2999-01-01")[0] == 2
        assert self.command("show_record", "id:999999999")[1]["message"] == "记录不存在，或不在您的范围内。"

    def test_command_tells_the_history_the_api_tells(self, script):
        record = self.make()
        change = ["--set", "=".join(self.change), "--reason", "核实后更正", "--if-version", 1]
        assert self.command("change_record", f"id:{record.pk}", *change)[0] == 0
        code, document = self.command("record_history", f"id:{record.pk}")
        told = script("get", f"{record.pk}/history/").json()["results"]
        record.refresh_from_db()
        assert (code, document) == (
            0, {"status": "done", "ledger": self.code, "id": record.pk, "label": str(record), "history": told}
        )  # fmt: skip
        latest, first = told
        assert (latest["act"], latest["by"], latest["channel"], latest["reason"]) == ("修改", str(self.user), "命令", "核实后更正")
        assert (first["act"], first["changes"], len(latest["changes"]) > 0) == ("登记", [], True)
        assert self.command("record_history", "id:999999999")[1]["message"] == "记录不存在，或不在您的范围内。"

    def test_command_changes_at_the_version_that_was_read(self):
        record = self.make()
        change = ["--set", "=".join(self.change), "--reason", "核实后更正", "--if-version", 1]
        code, document = self.command("change_record", f"id:{record.pk}", *change)
        assert (code, document.get("message"), document["record"]["version"]) == (0, None, 2)
        entry = record.history.first()
        assert (entry.channel, entry.history_change_reason, entry.history_user) == ("命令", "核实后更正", self.user)
        latest = JournalEntry.objects.latest("seq")
        assert (latest.channel, latest.act, latest.result) == ("命令", "修改", JournalEntry.objects.filter(act="修改").first().result)
        code, document = self.command("change_record", f"id:{record.pk}", *change)
        assert (code, "刚刚被他人修改" in document["message"], record.history.count()) == (1, True, 2)

    def test_command_refuses_a_bad_value_and_an_unknown_field(self):
        record = self.make()
        code, document = self.command("change_record", f"id:{record.pk}", "--set", "=".join(self.bad), "--if-version", 1)
        assert (code, document["status"], record.history.count()) == (1, "refused", 1)
        for wrong in ("version", "state_", "is_superuser"):
            assert self.command("change_record", f"id:{record.pk}", "--set", f"{wrong}=2", "--if-version", 1)[0] == 2

    def test_command_archives_and_restores(self):
        record = self.make()
        assert self.command("archive_record", f"id:{record.pk}", "--if-version", 1)[1]["message"] == "归档必须填写原因。"
        code, document = self.command("archive_record", f"id:{record.pk}", "--if-version", 1, "--reason", "重复登记")
        assert (code, document["record"]["archive_reason"]) == (0, "重复登记")
        assert self.command("change_record", f"id:{record.pk}", "--set", "=".join(self.change), "--if-version", 2)[0] == 1
        assert self.command("restore_record", f"id:{record.pk}", "--if-version", 2)[1]["record"]["archived_at"] is None
        code, document = self.command("restore_record", f"id:{record.pk}", "--if-version", 3)
        assert (code, document["message"], record.history.count()) == (1, "记录没有归档，不用恢复。", 3)

    def test_command_sets_one_value_for_many_rows_and_takes_it_back(self):
        rows = [self.make(1), self.make(2)]
        keys = [part for row in rows for part in ("--key", f"id:{row.pk}")]
        if not self.ledger.bulk:
            assert self.command("bulk_edit", *keys, "--set", "x=1")[0] == 1
            return
        name, value = other_value(self.ledger, self.user, rows)
        code, told = self.command("bulk_edit", *keys, "--set", f"{name}={value}", "--preview")
        assert (code, told["status"], [row["id"] for row in told["rows"]], told["left_out"]) == (0, "ready", [row.pk for row in rows], [])
        assert WriteBatch.objects.count() == 0
        code, document = self.command("bulk_edit", *keys, "--set", f"{name}={value}", "--reason", "统一核实")
        assert (code, document["rows"]) == (0, told["rows"])
        assert [batch["id"] for batch in self.command("batches")[1]["batches"]] == [document["batch"]]
        assert self.command("bulk_edit", *keys, "--set", f"{name}={value}", "--reason", "再来")[0] == 1
        code, undone = run("undo_batch", document["batch"], "--as", "editor", "--reason", "有误")
        assert (code, undone["batch"]["kind"], undone["batch"]["changed"]) == (0, "undo", 2)
        stored = type(rows[0]).objects.get(pk=rows[0].pk)
        assert (getattr(stored, name), stored.version, stored.history.first().channel) == (getattr(rows[0], name), 3, "命令")

    def test_command_lists_papers_where_the_records_have_slots(self):
        record = self.make()
        code, document = self.command("papers", f"id:{record.pk}")
        assert (code, document.get("papers")) == ((0, []) if self.ledger.has_papers else (2, None))

    def test_commands_end_at_rights_and_scope(self):
        record = self.make()
        factories.person("security", sorted(ADMINISTRATORS)[0])
        factories.person("leader", Role.LEADER)
        change = ["--set", "=".join(self.change), "--if-version", 1]
        readings = ("show_record", "record_history")
        assert [self.command(name, f"id:{record.pk}", user="security")[0] for name in readings] == [1, 1]
        tries = [("change_record", change), ("archive_record", ["--reason", "x", "--if-version", 1])]
        for name, args in tries:
            assert self.command(name, f"id:{record.pk}", *args, user="leader")[1]["message"].endswith("没有这项权限。")
        if type(record).scope_paths != "open":
            factories.person("stranger", Role.PARK, platform=factories.platform("别处园区", town=factories.town("别处镇")))
            refused = (1, {"status": "refused", "message": "记录不存在，或不在您的范围内。"})
            assert [self.command(name, f"id:{record.pk}", user="stranger") for name in readings] == [refused, refused]
        assert record.history.count() == 1
