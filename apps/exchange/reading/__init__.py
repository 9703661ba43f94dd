"""Reading a spreadsheet, in a child process of its own: `python -m apps.exchange.reading FILE`.

Nothing here imports Django. The child prints JSON lines, in this order for every sheet:

    {"sheet": name, "state": "visible" | "hidden" | "veryHidden"}
    [row number, row hidden, [cell, ...]]                     one line a row, first 80 columns
    {"merged": [[first row, first column, last row, last column], ...], "hidden_columns": [...], "notes": [...],
     "beyond": [[column, first text or cell in it], ...]}                  what stands beyond those columns

(of a text also {"longest": how many cells the longest line has} in the last one)

and where all data stand in this sheet of an .xlsx, after its first HEAD filled rows all that is needed to begin with them
while the rest is being read:

    {"head": how many rows there may be, "merged": [...], "beyond": [...]}

before them `{"format": ..., "notes": [...]}`, or instead of everything `{"refused": "one Chinese sentence"}`.
A cell is null, text, a number, a boolean, {"d": ISO date}, {"e": error}, {"f": formula without a result},
{"n": number, "shown": what its format shows instead, "format": that format} or, where it is read as if what its format
shows had been typed, {"n": number, "typed": that, "format": the format}.
"""

DAMAGED = "工作簿内容损坏或异常，读不出来。请用表格软件打开后另存为 .xlsx 再上传。"
MARKED = "核对意见"  # title of the column of reasons in a marked workbook


class Unreadable(Exception):
    """The file is refused; the text is a Chinese sentence for the person who uploaded it."""


MAX_BYTES = 20 * 1024 * 1024
READ_COLUMNS = 80
MAX_COLUMNS = 200  # columns that are looked at: of those beyond the first 80 only the titles are kept
HEAD = 30  # the header of a sheet stands within so many rows
MAX_ROWS = 20_000  # data rows of one file
BLANK_ROWS = 200  # so many blank rows end a sheet
MAX_TEXT = 40_000  # characters of one cell that are looked at; a spreadsheet holds 32,767
