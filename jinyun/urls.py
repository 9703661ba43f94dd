from importlib.util import find_spec

from django.urls import include, path

ROUTES = {
    "": "apps.workbench.urls",
    "people/": "apps.accounts.urls",
    "ledger/": "apps.ledger.urls",
    "exchange/": "apps.exchange.urls",
    "plan/": "apps.plan.urls",
    "grading/": "apps.grading.urls",
    "chains/": "apps.chains.urls",
    "assessments/": "apps.assessments.urls",
    "jobs/": "apps.jobs.urls",
    "journal/": "apps.journal.urls",
}
urlpatterns = [path(route, include(module)) for route, module in ROUTES.items() if find_spec(module)]

# TEMPORARY while apps are being written: names the frame links to.
from django.http import HttpResponse  # noqa: E402

NAMES = {"accounts": ["people", "act", "profile", "sign-in", "sign-out"], "exchange": ["list"], "plan": ["check", "tables", "targets"],
         "grading": ["overview", "list", "methods"], "chains": ["list"], "assessments": ["list"], "jobs": ["list"], "journal": ["list"]}
for space, names in NAMES.items():
    if not find_spec(f"apps.{space}.urls"):
        dummy = [path(f"x/{space}/{name}", lambda request: HttpResponse(""), name=name) for name in names]
        if space == "exchange":
            dummy += [path(f"x/{space}/{name}/<slug:code>", lambda request, code: HttpResponse(""), name=name) for name in ["upload", "export"]]
        urlpatterns.append(path("", include((dummy, space), namespace=space)))
