"""The child: limits first, then guard, then rows as JSON lines on standard output."""

import gc
import json
import sys

from apps.exchange.reading import BLANK_ROWS, DAMAGED, HEAD, MAX_ROWS, MAX_TEXT, READ_COLUMNS, Unreadable, limits

MAX_TITLE = 100
MORE_ROWS = 200  # room for titles, headers, totals and feet beside the data rows


def lines(path):
    """Yield the lines of a file of any kind we read."""
    from apps.exchange.reading import guard, text

    kind = guard.kind_of(path)
    yield {"format": kind}
    if kind == "xlsx":
        from apps.exchange.reading import xlsx

        yield from xlsx.read(path)
    elif kind == "xls":
        from apps.exchange.reading import xls

        yield from xls.read(path)
    else:
        yield from text.read(path)


def bounded(stream):
    """Drop blank rows, and end a sheet after too many of them; refuse more rows than a file may have.

    What is needed to begin with a sheet waits until its first HEAD rows are told.
    """
    last = filled = 0
    ended, beyond, head = False, {}, None
    for line in stream:
        if isinstance(line, dict):
            if "head" in line:
                head = line
                continue
            if "merged" in line and ended:
                line.setdefault("notes", []).append(f"第 {last} 行之后有 {BLANK_ROWS} 个以上空行，其后的内容没有读取。")
            if "merged" in line:
                line["beyond"] = sorted(beyond.items())
            if "sheet" in line:
                last, filled, ended, beyond, head = 0, 0, False, {}, None
            yield line
            continue
        number, hidden, cells = line
        ended = ended or number - last > BLANK_ROWS
        if ended or all(cell is None or cell == "" for cell in cells):
            continue
        last, filled = number, filled + 1
        if filled > MAX_ROWS + MORE_ROWS:
            raise Unreadable(f"数据超过 {MAX_ROWS:,} 行，请分成几个文件上传。")
        for column, cell in enumerate(cells[READ_COLUMNS:], start=READ_COLUMNS + 1):
            if cell not in (None, "") and not isinstance(beyond.get(column), str):
                beyond[column] = cell[:MAX_TITLE] if isinstance(cell, str) else None
        cells = cells[:READ_COLUMNS]
        yield [number, hidden, [cell[:MAX_TEXT] if isinstance(cell, str) else cell for cell in cells]]
        if head and filled == HEAD:
            yield head | {"beyond": sorted(beyond.items())}


def main(path):
    limits.apply()
    gc.disable()  # a process that only streams, and ends: there is nothing to be found
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    try:
        for line in bounded(lines(path)):
            print(encode(line))
    except Unreadable as refusal:
        print(json.dumps({"refused": str(refusal)}, ensure_ascii=False))
    except Exception:  # a parser given a hostile file may raise anything; whatever it is, the file is not read
        print(json.dumps({"refused": DAMAGED}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1])
