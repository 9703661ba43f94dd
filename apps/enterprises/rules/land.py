"""Land in use and what a parcel can hold (domain 1.7)."""


def net_area(kind, area):
    """Return what an occupation adds to the land in use: owned and leased count, let out is taken away (domain 1.7)."""
    return -area if kind == "let_out" else area


def parcel_fault(area, occupations):
    """Return what is wrong with the land held on one parcel, None when it adds up to no more than its `area` (亩).

    occupations: [(enterprise, "owned" | "leased" | "let_out", area, start, end or None)]. On every day from which one
    starts, owned + leased - let out over all enterprises must not exceed the parcel, and nobody lets out more than
    he has (domain 1.7: no gap and no double count; a gap is shown, not refused, while a parcel is being entered).
    """
    for day in sorted({start for _, _, _, start, _ in occupations}):
        net = {}
        for enterprise, kind, part, start, end in occupations:
            if start <= day and (end is None or end >= day):
                net[enterprise] = net.get(enterprise, 0) + net_area(kind, part)
        if any(part < 0 for part in net.values()):
            return f"{day} 起有企业出租面积多于其自有和承租面积"
        if sum(net.values()) > area:
            return f"{day} 起占用合计 {sum(net.values()).normalize():f} 亩"
    return None
