from django.urls import path

from apps.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.JobList.as_view(), name="list"),
    path("<int:pk>/", views.JobDetail.as_view(), name="detail"),
    path("<int:pk>/status/", views.JobStatus.as_view(), name="status"),
    path("<int:pk>/cancel/", views.JobCancel.as_view(), name="cancel"),
    path("<int:pk>/again/", views.JobAgain.as_view(), name="again"),
]
