from django.urls import include, path

urlpatterns = [
    path("", include("apps.workbench.urls")),
    path("people/", include("apps.accounts.urls")),
    path("ledger/", include("apps.ledger.urls")),
    path("exchange/", include("apps.exchange.urls")),
    path("enterprises/", include("apps.enterprises.urls")),
    path("plan/", include("apps.plan.urls")),
    path("grading/", include("apps.grading.urls")),
    path("chains/", include("apps.chains.urls")),
    path("assessments/", include("apps.assessments.urls")),
    path("jobs/", include("apps.jobs.urls")),
    path("journal/", include("apps.journal.urls")),
    path("api/", include("jinyun.api")),
]

handler500 = "apps.core.failures.server_error"
