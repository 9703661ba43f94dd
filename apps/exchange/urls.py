from django.urls import path

from apps.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.BatchList.as_view(), name="list"),
    path("batches/<uuid:pk>/", views.BatchPage.as_view(), name="batch"),
    path("batches/<uuid:pk>/status/", views.BatchStatus.as_view(), name="status"),
    path("batches/<uuid:pk>/recheck/", views.BatchRecheck.as_view(), name="recheck"),
    path("batches/<uuid:pk>/marked/", views.MarkedDownload.as_view(), name="marked"),
    path("<slug:code>/upload/", views.UploadPage.as_view(), name="upload"),
    path("<slug:code>/template/", views.TemplateDownload.as_view(), name="template"),
    path("<slug:code>/export/", views.ExportPage.as_view(), name="export"),
]
