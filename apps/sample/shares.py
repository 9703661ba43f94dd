"""Dividing whole numbers so that the parts add up exactly: largest remainder, and fitting to two margins."""

from collections import defaultdict

ROUNDS = 60


def share_out(total, weights, fixed=None):
    """Divide the integer `total` in proportion to the integer `weights` (not negative) by largest remainder.

    fixed: position -> the part it gets regardless of its weight; the others share what is left, which must not be
    negative. Returns the list of parts; their sum is `total`.
    """
    fixed = fixed or {}
    free = [position for position in range(len(weights)) if position not in fixed]
    left, base = total - sum(fixed.values()), sum(weights[position] for position in free)
    if left < 0 or base <= 0:
        raise ValueError("nothing to share out, or nobody to take it")
    parts = [fixed.get(position, 0) for position in range(len(weights))]
    for position in free:
        parts[position] = left * weights[position] // base
    by_remainder = sorted(free, key=lambda position: (-(left * weights[position] % base), position))
    for position in by_remainder[: total - sum(parts)]:
        parts[position] += 1
    return parts


def fit(start, low, high, row_of, column_of, row_totals, column_totals):
    """Return whole numbers near `start`, each within [low, high], that add up to every row's and column's total.

    start, low, high, row_of, column_of: one entry per position. The first row and the first column are hubs: every
    column must have a position in the first row and every row one in the first column. Scaling rows and columns in
    turn comes close; the last units go along the hubs, which reaches both margins exactly.
    Raises ValueError when the bounds leave no room.
    """
    values = [min(max(value, below), above) for value, below, above in zip(start, low, high, strict=True)]
    rows, columns, cells = defaultdict(list), defaultdict(list), defaultdict(list)
    for position, cell in enumerate(zip(row_of, column_of, strict=True)):
        rows[cell[0]].append(position)
        columns[cell[1]].append(position)
        cells[cell].append(position)
    for _ in range(ROUNDS):
        for members, totals in ((rows, row_totals), (columns, column_totals)):
            for name, total in totals.items():
                _scale(values, members[name], total, low, high)
    hub_row, hub_column = next(iter(row_totals)), next(iter(column_totals))
    gaps = [(rows, row, (row, hub_column), total) for row, total in row_totals.items() if row != hub_row]
    gaps += [(columns, column, (hub_row, column), total) for column, total in column_totals.items() if column != hub_column]
    gaps.append((rows, hub_row, (hub_row, hub_column), row_totals[hub_row]))
    for members, name, cell, total in gaps:
        _settle(values, cells[cell], total - sum(values[position] for position in members[name]), low, high)
    return values


def _scale(values, members, total, low, high):
    """Bring `members` towards `total`: what each has above its lower bound grows or shrinks in proportion."""
    excess = sum(values[position] - low[position] for position in members)
    wanted = total - sum(low[position] for position in members)
    if excess:
        for position in members:
            values[position] = min(low[position] + (values[position] - low[position]) * wanted // excess, high[position])


def _settle(values, members, gap, low, high):
    """Add `gap` (may be negative) to the members of one cell as far as their bounds allow."""
    for position in members:
        step = min(gap, high[position] - values[position]) if gap > 0 else max(gap, low[position] - values[position])
        values[position] += step
        gap -= step
    if gap:
        raise ValueError(f"the bounds of a cell leave no room for {gap}")
