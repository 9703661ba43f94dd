"""What is written around the figures says that they are others than the columns say: last year's, estimates, growth, of one tax."""

import pytest

from apps.enterprises.models import YearlyFact
from tests.exchange.books import CODE, NAME, book, load

KIND, TAX = "enterprise-facts", "税收（万元）"


@pytest.fixture
def sent(tmp_path, permu, firm):
    """Return (message of the refusal, "" where there is none; the tax that was taken) of a firm's tax with texts around it."""

    def send(*, above="", foot="", sheet="数据", titles=(TAX,), cells=(5,), kind=KIND, given=("--year", "2020")):
        rows = [[CODE, NAME, *titles], [firm.credit_code, firm.name, *cells]]
        path = book(tmp_path / "a.xlsx", *([[above]] if above else []), *rows, *([[foot]] if foot else []), sheet=sheet)
        document = load(kind, path, permu, *given)[1]
        return document.get("message") or document["errors"], list(YearlyFact.objects.values_list("tax", flat=True))

    return send


REMEDY = "请核对是不是要导入的表；数据无误的，请在“指定各列”中确认各列，或改正这处文字后重新上传。"
OTHERS, ONE = "不是本年的实际数", "是一个税种的数，不是各税种的合计"


@pytest.mark.parametrize(
    ("text", "word", "what"),
    [
        ("上年同期数据", "上年", OTHERS),
        ("2020年预计完成情况表", "预计", OTHERS),
        ("2020年度税收目标任务分解表", "目标", OTHERS),
        ("2020年度企业指标同比增长情况", "同比", OTHERS),
        ("税收预算表", "预算", OTHERS),
        ("近三年平均税收", "平均", OTHERS),
        ("2020年税收增量情况", "增量", OTHERS),
        ("2018-2020年税收合计", "2018-2020年税收合计", "是几年之和"),
        ("2020年企业增值税入库情况表", "增值税", ONE),
        ("企业所得税", "所得税", ONE),
        ("2020年度税收（上年同期数）", "上年", OTHERS),
        ("2020年城镇土地使用税情况表", "土地使用税", ONE),
    ],
)
def test_a_caption_or_the_name_of_a_sheet_that_says_so_refuses_it(sent, text, word, what):
    said = f"写有“{word}”，像是表中的数{what}。{REMEDY}"
    assert sent(above=text) == (f"工作表“数据”表头上方“{text}”{said}", [])
    assert sent(sheet=text) == (f"工作表“{text}”名称{said}", [])


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("2020年度企业税收及同比增长情况", (TAX, "同比增长%")),
        ("2020年税收目标完成情况表", (TAX, "目标")),
        ("2020年度规上工业企业税收增长情况", (TAX, "同比（%）")),
        ("2020年企业税收（含增值税）情况表", (TAX, "增值税")),
        ("增值税、企业所得税等税收情况表", (TAX,)),
        ("2020年度税收（上年同期为2019年）", (TAX,)),
        ("2020年度亩均效益综合评价企业数据表", (TAX,)),
        ("稳增长重点企业税收表", (TAX,)),
        ("填表说明：1.税收为入库数；2.同比增长由系统计算。", (TAX,)),
        ("年平均职工人数及税收", (TAX, "职工人数")),
        ("2018-2020年税收", ("2020年税收（万元）", "2019年税收")),
        ("2020年企业税收占比情况", (TAX, "占全县（%）")),
        ("2020年企业所得税情况表", (TAX, "所得税")),
        ("2020年城镇土地使用税情况表", (TAX, "土地使用税")),
        ("2020年度增值税一般纳税人税收情况表", (TAX,)),
        ("2020年度城镇土地使用税差别化减免企业数据表", (TAX,)),
        ("2020年度企业所得税汇算清缴口径企业税收表", (TAX,)),
        ("缙云县发展计划局", (TAX,)),
        ("2020年缙云县双倍增计划企业税收表", (TAX,)),
        ("2020年税收计划完成情况表", (TAX,)),
        ("2020年度企业用能预算管理企业数据", (TAX,)),
        ("2020年度碳排放目标管控企业数据", (TAX,)),
        ("2020年度亩均评价得分计算用数据表", (TAX,)),
        ("2020年度产值下降企业情况表", (TAX,)),
        ("2020年产值增幅前50名企业税收表", (TAX,)),
        ("2020年财政预算收入税收表", (TAX,)),
        ("计划内", (TAX,)),
    ],
)
def test_a_word_that_has_a_column_of_its_own_or_means_something_else_is_fine(sent, text, titles):
    assert sent(above=text, titles=titles, cells=(5, 6)[: len(titles)]) == ([], [5])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("注：以上为1-9月数据", "写的是 1-9月，与要导入的不一致。请核对文件和所选的年份；文件无误的，请改正这处文字后重新上传。"),
        ("备注：本表为2019年数", "写的是 2019年，与要导入的不一致。请核对文件和所选的年份；文件无误的，请改正这处文字后重新上传。"),
        ("说明：上述数据截至9月底", "写的是 截至9月底，与要导入的不一致。请核对文件和所选的年份；文件无误的，请改正这处文字后重新上传。"),
        ("注：以上数据为上年同期", f"写有“上年”，像是表中的数{OTHERS}。{REMEDY}"),
        ("注：本表数据均为预估数", f"写有“预估”，像是表中的数{OTHERS}。{REMEDY}"),
        ("说明：表中税收为增值税", f"写有“增值税”，像是表中的数{ONE}。{REMEDY}"),
    ],
)
def test_a_note_below_the_rows_that_says_so_refuses_it(sent, text, says):
    assert sent(foot=text) == (f"第 3 行“{text}”{says}", [])


@pytest.mark.parametrize(
    "text",
    [
        "注：税收同比增长5%，比2019年多。",
        "填报日期：2021年3月5日",
        "数据来源：2021年统计年鉴",
        "注：以上数据由县税务局于2021年3月提供",
        "说明：本表为2020年度数",
        "注：与上年同期相比有增长",
        "注：以上企业系增值税一般纳税人",
        "注：表中企业为2021年亩均评价对象",
        "注：本表为2021年亩均评价用数据",
        "备注：以上企业为2019年以前注册",
    ],
)
def test_a_note_that_says_something_else_is_a_foot(sent, text):
    assert sent(foot=text) == ([], [5])
