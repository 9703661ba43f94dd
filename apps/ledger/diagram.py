"""A table of moves drawn for people: a mermaid state diagram, the moves, what may be edited. Pure text, from the registry."""

from apps.ledger.fields import label_of
from apps.ledger.moves import BACK, CREATE, ENTRY

HEAD = """# Workflows

Drawn from the tables of moves by `manage.py workflow_docs`; `tests/workbench/test_workflow_docs.py` fails when a table has changed and
this page has not. A move marked 旁 is a side move (`side`): nobody waits for it, so it makes no to-do,
unless it takes a record back from people who have gone (无人能办理).
"""


def page(ledgers, holders):
    """Return docs/workflows.md. holders: (act, subject) -> labels of the roles that have the right."""
    return "\n".join([HEAD, *("\n".join(_section(ledger, holders)) for ledger in ledgers if ledger.workflow)])


def _section(ledger, holders):
    flow = ledger.workflow
    yield from [f"## {ledger.label} (`{ledger.code}`)", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {flow.first}"]
    yield from (f"    {state} : {flow.label(state)}" for state in flow.states)
    for move in flow.moves:
        for source in move.source:
            if move.target != BACK:
                yield f"    {source} --> {move.target} : {move.label}{'（旁）' if move.side else ''}"
    yield from (f"    {state} --> [*]" for state in flow.states if state in flow.closed)
    yield from ["```", "", "| 动作 | 从 | 到 | 谁 | 必填 | 附件 | 意见 | 四眼 |", "|---|---|---|---|---|---|---|---|"]
    yield from (f"| {' | '.join(_cells(ledger, move, holders))} |" for move in flow.moves)
    yield from ["", "| 状态 | 可以修改 |", "|---|---|"]
    yield from (f"| {flow.label(state)} | {_editable(ledger, state)} |" for state in flow.states)
    yield ""


def _cells(ledger, move, holders):
    flow, meta = ledger.workflow, ledger.model._meta
    who = "、".join(holders(move.code, ledger.code)) or "（无人）"
    return [
        f"{move.label} `{move.code}`{'（旁）' if move.side else ''}",
        "、".join(flow.label(state) for state in move.source),
        "原状态" if move.target == BACK else flow.label(move.target),
        who + _narrowed(move),
        _labels(meta, move.needs) or "—",
        "、".join(flow.slot(code).label for code in move.papers) or "—",
        "必填" if move.comment else "可填",
        _four_eyes(flow, move),
    ]


def _narrowed(move):
    """Say of which records, beyond the right, a move is somebody's."""
    if move.stranded:
        return "（仅在无人能办理时）" if move.who else "（无人能办理时列入待办）"
    return "（仅与本人有关的）" if move.who and not move.hand else ""


def _four_eyes(flow, move):
    """Say who may not make the move, whatever his right."""
    labels = [["登记" if code == CREATE else flow.move(code).label for code in codes] for codes in move.checks]
    before = "、".join("或".join(names) + "（以最近一次为准）" * (len(names) > 1) for names in labels)
    told = [f"不得与“{before}”同一人"] * bool(before) + ["填报了其中数据的人不得办理"] * bool(move.hand)
    return "；".join(told) or "—"


def _editable(ledger, state):
    """Name the fields open in a state; of registration those that are not: they are fewer. And in whose hands they are."""
    flow, meta = ledger.workflow, ledger.model._meta
    fields, moves = flow.editable.get(state, ()), flow.holding(state)
    if ENTRY in fields:
        later = [name for name in ledger.fields if name in flow.filled_later(state) and name not in fields]
        named = f"登记的各项（{_labels(meta, later)}以后再填）" if later else "登记的各项"
    else:
        named = _labels(meta, fields)
    held = f"（附件同此，只由能办理{'、'.join(f'“{move.label}”' for move in moves)}的人）" if named and moves else ""
    return f"{named}{held}" or "—"


def _labels(meta, names):
    return "、".join(label_of(meta.get_field(name)) for name in names)
