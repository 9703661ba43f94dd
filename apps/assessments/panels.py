"""The scores of a round on its reading page: a unit looks at its own during the recheck, everybody after the circular."""

from apps.assessments import selectors


def scores(round, user):
    """Return the panel: the standings `user` may see, the evidence files of values, and whether he may open the whole matrix."""
    context = {"scores": selectors.scores_shown(round, user), "proved": round.proved_values(user)}
    return "assessments/panel.html", context | {"may_open": user.may("read", "assessments")}
