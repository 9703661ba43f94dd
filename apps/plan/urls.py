from django.urls import path

from apps.plan import views

app_name = "plan"
urlpatterns = [
    path("check/", views.CheckView.as_view(), name="check"),
    path("tables/", views.TablesView.as_view(), name="tables"),
    path("targets/", views.TargetsView.as_view(), name="targets"),
]
