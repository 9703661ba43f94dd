from django.urls import path

from apps.assessments import views

app_name = "assessments"
urlpatterns = [
    path("", views.RoundList.as_view(), name="list"),
    path("open/", views.OpenRound.as_view(), name="open"),
    path("<int:pk>/", views.RoundPage.as_view(), name="round"),
    path("<int:pk>/fill/", views.FillPage.as_view(), name="fill"),
    path("<int:pk>/recalculate/", views.Recalculate.as_view(), name="recalculate"),
    path("<int:pk>/export/", views.ExportPage.as_view(), name="export"),
    path("values/<int:pk>/", views.ValuePage.as_view(), name="value"),
]
