"""The grades of an enterprise on its reading page."""

from apps.grading import selectors


def grades(enterprise, user):
    """Return the panel: trial and published grades for those who take part, published ones for everybody else."""
    return "grading/panel.html", {"results": selectors.grades_shown(user, enterprise), "may_trace": user.may("read", "grading")}
