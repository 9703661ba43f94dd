"""Refusals. Without Django: the child that reads workbooks loads them too, and would wait for it longer than for its file."""


class Refused(Exception):
    """A business act that may not happen; its text is a Chinese sentence for the person who tried.

    journalled: set where the act has written its own entry of the refusal; any other is entered at the door.
    more: what a script is told beside the sentence, by name (plain data).
    """

    journalled = False

    def __init__(self, *sentence, **more):
        super().__init__(*sentence)
        self.more = more


class RowsRefused(Refused):
    """Refused because of single rows: `faults` are (record, name of the field at fault, sentence), one for each row."""

    def __init__(self, faults):
        super().__init__("；".join(dict.fromkeys(sentence.rstrip("。") for _, _, sentence in faults)) + "。")
        self.faults = faults
