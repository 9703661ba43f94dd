"""Invented names and credit codes. Every name is marked 示例; no name printed in the plan is used."""

from functools import lru_cache
from random import Random

from apps.enterprises.rules import check_character

MARK = "（示例）"
FIRST = (
    "恒锐鼎宏瑞嘉祥永荣昌德泰安信卓博联创远腾合众力强正仁义和顺丰盈凯朗悦清"
    "源润泽景云岭峰松柏竹梅兰晨启明星辰拓驰奔跃骏鸿福禄禧庆佳美晟昊铭钧振立衡"
)
SECOND = "达通盛兴隆旺利业程途展图志诚诺森林泉海岳原野田园舟帆航宇辉耀光彩虹康宁逸凡然若禾谷穗实成功立名扬威捷迅益佑齐乐欣畅宽容晖曜旭阳晴"
TRADES = {  # product -> class of GB/T 4754-2017 (domain 7.3)
    "现代装备": {
        "锯切设备": "C3421",
        "数控机床": "C3421",
        "阀门": "C3443",
        "精密模具": "C3525",
        "轴承": "C3451",
        "液压件": "C3444",
        "特钢制品": "C3130",
        "铝业": "C3252",
        "缝制机械": "C3553",
    },
    "健康医疗": {
        "运动器材": "C2442",
        "滑板车": "C3770",
        "童车": "C3761",
        "药用包装": "C2780",
        "文体用品": "C2411",
        "康复器械": "C3586",
        "食品": "C1499",
    },
    "智能家居": {"厨房电器": "C3854", "照明": "C3872", "家具": "C2110", "智能锁具": "C3351", "美容电器": "C3856"},
    "节能环保": {"环保设备": "C3591", "沸石材料": "C3099", "充电设备": "C3829"},
    "信息技术": {"电子元件": "C3981", "通讯器材": "C3921", "电路板": "C3982"},
    "其他产业": {"纸制品": "C2231", "塑料制品": "C2929", "金属制品": "C3311", "铸件": "C3391", "工艺品": "C2432", "石材": "C3032"},
}
REGIONS = ["浙江", "丽水", "缙云县", "缙云县", "缙云县"]
JOINT_STOCK = 22  # the first firms, which are the larger ones (plan §1.2)
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


@lru_cache(maxsize=1)
def brands():
    """Return the invented two-character brands in a fixed mixed order; each firm has one of its own."""
    pairs = [first + second for first in FIRST for second in SECOND if first != second]
    Random("brands").shuffle(pairs)
    return pairs


def title(serial, industry, rng):
    """Return (name, GB/T 4754 class) of firm number `serial`."""
    trade, gb_code = rng.choice(list(TRADES[industry].items()))
    form = "股份有限公司" if serial <= JOINT_STOCK else "有限公司"
    return f"{rng.choice(REGIONS)}{brands()[serial - 1]}{trade}{form}{MARK}", gb_code


def inner_check(identifier):
    """Return the check character of an 8-character body identifier (GB 11714: letters count from A = 10)."""
    total = sum(int(character, 36) * weight for character, weight in zip(identifier, INNER_WEIGHTS, strict=True))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def credit_code(serial):
    """Return an invented code of the county (GB 32100-2015, domain 7.1), valid in its inner and its outer check."""
    identifier = f"MA9{serial:05d}"
    first_17 = f"91331122{identifier}{inner_check(identifier)}"
    return first_17 + check_character(first_17)
