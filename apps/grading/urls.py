from django.urls import path

from apps.grading import views

app_name = "grading"
urlpatterns = [
    path("overview/", views.Overview.as_view(), name="overview"),
    path("run/", views.Run.as_view(), name="run"),
    path("list/", views.List.as_view(), name="list"),
    path("methods/", views.Methods.as_view(), name="methods"),
    path("<int:year>/<str:credit_code>/", views.Trace.as_view(), name="trace"),
]
