from django.urls import path

from apps.enterprises import views

app_name = "enterprises"
urlpatterns = [
    path("reconciliation/", views.Reconciliation.as_view(), name="reconciliation"),
    path("reconciliation/workbook/", views.Workbook.as_view(), name="reconciliation-workbook"),
    path("reconciliation/urge/", views.Urge.as_view(), name="reconciliation-urge"),
    path("reconciliation/remind/", views.Remind.as_view(), name="reconciliation-remind"),
    path("reconciliation/reminders/<int:pk>/seen/", views.Seen.as_view(), name="data-reminder-seen"),
]
