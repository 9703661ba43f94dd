"""The scores of a round on its reading page: a unit looks at its own during the recheck, everybody after the circular."""

from apps.assessments import selectors


def scores(round, user):
    """Return the panel: the standings `user` may see and whether he may open the whole matrix."""
    return "assessments/panel.html", {"scores": selectors.scores_shown(round, user), "may_open": user.may("read", "assessments")}
