"""What the sample county must add up to: the plan's margins of 2020, and the invented joint table between them.

Tables 1 and 2 of the plan fix the sums by industry and by statistical place; how the firms lie in the cells between
is not printed anywhere and is invented here. Outputs in 万元, areas in 亩, as whole hundredths (see `hundredths`).
"""

from decimal import Decimal

PARK, ZONE = "丽缙园", "开发区"  # the two places of Table 2 that are platforms; the others are towns


def hundredths(amount, times=1):
    """Return `amount` (text as printed) x `times` in whole hundredths; anything finer is refused."""
    scaled = Decimal(amount) * times * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is finer than a hundredth")
    return int(scaled)


def _totals(rows):
    """Turn printed rows (name, firms, output in 亿元, area in 亩) into name -> (firms, output, area) in hundredths."""
    return {name: (firms, hundredths(output, 10_000), hundredths(area)) for name, firms, output, area in rows}


INDUSTRIES = _totals(  # plan, Table 1
    [
        ("现代装备", 90, "126.6", "2318"),
        ("健康医疗", 38, "47.5", "1103"),
        ("智能家居", 42, "51.3", "1534"),
        ("节能环保", 7, "3.4", "110"),
        ("信息技术", 12, "5.5", "129"),
        ("其他产业", 22, "24", "592"),
    ]
)
PLACES = _totals(  # plan, Table 2
    [
        (PARK, 31, "43", "1140"),
        (ZONE, 79, "98.9", "2193"),
        ("壶镇镇", 54, "74.36", "1345"),
        ("东方镇", 11, "21.5", "299"),
        ("新建镇", 16, "6.83", "267"),
        ("东渡镇", 10, "3.97", "134"),
        ("舒洪镇", 5, "5.04", "163"),
        ("五云街道", 5, "4.7", "245"),
    ]
)

# Firms by place (rows) and industry (columns, in the order of INDUSTRIES), and how many of them make 1 to 5 亿元.
FIRMS = {
    PARK: (15, 4, 8, 1, 1, 2),
    ZONE: (27, 20, 15, 3, 5, 9),
    "壶镇镇": (32, 6, 10, 2, 0, 4),
    "东方镇": (5, 0, 2, 0, 0, 4),
    "新建镇": (3, 5, 3, 0, 4, 1),
    "东渡镇": (5, 1, 2, 0, 1, 1),
    "舒洪镇": (2, 1, 1, 0, 1, 0),
    "五云街道": (1, 1, 1, 1, 0, 1),
}
MIDDLE = {
    PARK: (2, 1, 1, 0, 0, 0),
    ZONE: (3, 3, 1, 1, 1, 1),
    "壶镇镇": (2, 1, 1, 0, 0, 1),
    "东方镇": (2, 0, 1, 0, 0, 2),
    "新建镇": (0, 1, 0, 0, 0, 0),
    "东渡镇": (0, 0, 0, 0, 0, 0),
    "舒洪镇": (1, 0, 1, 0, 0, 0),
    "五云街道": (1, 1, 0, 0, 0, 0),
}
# The twelve firms of 5 亿元 and more (万元): two over 20 亿, four more over 10 亿 (plan §1.2: 41, 12, 6, 2).
LARGE = [
    (ZONE, "现代装备", "228640.35"),
    ("壶镇镇", "现代装备", "219875.12"),
    (PARK, "智能家居", "148213.66"),
    (ZONE, "健康医疗", "139508.41"),
    ("壶镇镇", "现代装备", "121447.09"),
    (ZONE, "智能家居", "108326.74"),
    (PARK, "现代装备", "73918.20"),
    ("东方镇", "现代装备", "71635.87"),
    (ZONE, "其他产业", "66204.53"),
    ("壶镇镇", "健康医疗", "64871.95"),
    ("壶镇镇", "智能家居", "57362.18"),
    ("壶镇镇", "现代装备", "53740.62"),
]
SMALL_BAND = (hundredths("2060"), hundredths("9780"))  # 规上 starts at 2,000 万元 of revenue (domain 1.2)
MIDDLE_BAND = (hundredths("10150"), hundredths("47800"))
ROW_SHARE = 39  # percent of its row a firm may hold; the county's rule is 40 for rows of more than four firms
PER_MU = (55, 2_900)  # 万元/亩 a firm may make; the rule is 50 to 3,000

# Totals of the 211 firms in 2020 (plan §1.2; tax = 21.4 万元/亩 x 5,786 亩; R&D = 2.8 % of revenue).
TOTALS = {
    "revenue": hundredths("272.7", 10_000),
    "value_added": hundredths("51.2", 10_000),
    "profit": hundredths("15", 10_000),
    "tax": hundredths("123820.40"),
    "staff": 30_296,
    "energy": 471_040_000,
    "rd_expense": hundredths("76356"),
}

# Smaller firms: (town, platform, firms, output in 亿元). Those of a platform fill Table 3 up to all its output.
SMALL_FIRMS = [
    ("壶镇镇", PARK, 112, "2.52"),
    ("东方镇", PARK, 20, "0.48"),
    ("新碧街道", ZONE, 980, "22.72"),
    ("壶镇镇", "壶镇工业园", 610, "14.54"),
    ("东方镇", "东方工业功能区", 150, "3.54"),
    ("新建镇", "洋山工业功能区", 245, "5.79"),
    ("东渡镇", "五东工业功能区", 230, "5.34"),
    ("舒洪镇", "螺蛳岩工业功能区", 165, "4.02"),
    ("五云街道", None, 262, "5.86"),
    ("壶镇镇", None, 120, "2.31"),
    ("仙都街道", None, 84, "1.42"),
    ("新建镇", None, 46, "0.83"),
    ("大源镇", None, 44, "0.72"),
    ("大洋镇", None, 32, "0.47"),
    ("前路乡", None, 36, "0.61"),
    ("溶江乡", None, 30, "0.44"),
    ("双溪口乡", None, 26, "0.38"),
    ("胡源乡", None, 28, "0.41"),
    ("七里乡", None, 26, "0.39"),
    ("方溪乡", None, 16, "0.19"),
    ("三溪乡", None, 18, "0.22"),
    ("石笕乡", None, 20, "0.26"),
]
PLATFORM_OF_TOWN = {town: platform for town, platform, _, _ in SMALL_FIRMS if platform not in (PARK, ZONE, None)}
