"""Rules of the land-handling ledger (plan §6.5, domain 2): which disposal fits which class, and how long a freeze was."""

NEW = ("supply", "complete_papers", "replan", "withdraw", "transfer_quota", "reserve")
SUPPLIED = ("urge_start", "extend", "take_back", "exchange", "split", "cooperate", "replan")
BUILT = ("urge_production", "upgrade", "cooperate", "merge", "let_or_sell", "buy_back", "close")
DISPOSALS = {"unsupplied": NEW, "unused": SUPPLIED, "unfinished": SUPPLIED, "not_producing": BUILT, "below_standard": BUILT}


def fits(land_class, disposal):
    """Say whether a disposal is one of its class (domain 2.4, list of the trade; default, configurable)."""
    return not disposal or disposal in DISPOSALS[land_class]


def deadline_after_freeze(deadline, since, today):
    """Return the deadline moved on by the days the clock stood still, not behind `today` for that; None stays None."""
    return deadline and deadline + (today - since)


def parcel_faults(parcel, area, disposed):
    """Return field -> sentence for areas (亩) of a case that its parcel does not have; None is unknown and contradicts nothing."""
    parts = {"area": area, "disposed_area": disposed}
    return {
        name: f"不能大于宗地面积（{parcel.normalize():f} 亩）。"
        for name, part in parts.items()
        if part is not None and parcel is not None and part > parcel
    }


def area_faults(approved, supplied, farmland, basic):
    """Return field -> sentence for areas (亩) that contradict each other; None is unknown and contradicts nothing."""
    pairs = [
        ("supplied_area", supplied, approved, "已供面积不能大于批准面积。"),
        ("farmland_area", farmland, approved, "其中耕地不能大于批准面积。"),
        ("basic_farmland_area", basic, farmland, "其中永久基本农田不能大于耕地面积。"),
    ]
    return {name: sentence for name, part, whole, sentence in pairs if part is not None and whole is not None and part > whole}


def building_faults(construction, start, completion):
    """Return field -> sentence where what was really built contradicts itself: progress ("" is unknown), start, completion."""
    if start and completion and completion <= start:
        return {"actual_completion": "实际竣工应晚于实际开工。"}
    if construction == "not_started" and (start or completion):
        return {"construction": "已填实际开工或竣工时间，建设进度不应是“未开工”。"}
    if construction == "under_way" and completion:
        return {"construction": "已填实际竣工时间，建设进度不应是“在建”。"}
    return {}


def order_faults(handover, start, completion):
    """Return field -> sentence where the agreed dates are out of order: handing over, start, completion."""
    faults = {}
    if handover and start and start < handover:
        faults["agreed_start"] = "约定开工不能早于约定交地。"
    if completion and (start or handover) and completion <= (start or handover):
        faults["agreed_completion"] = "约定竣工应晚于约定开工。"
    return faults
