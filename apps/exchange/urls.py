from django.urls import path

from apps.exchange import export_views, mapping_views, naming_views, views

app_name = "exchange"
urlpatterns = [
    path("", views.BatchList.as_view(), name="list"),
    path("files/", export_views.FileList.as_view(), name="files"),
    path("files/<uuid:pk>/", export_views.FileDownload.as_view(), name="file"),
    path("batches/<uuid:pk>/", views.BatchPage.as_view(), name="batch"),
    path("batches/<uuid:pk>/status/", views.BatchStatus.as_view(), name="status"),
    path("batches/<uuid:pk>/recheck/", views.BatchRecheck.as_view(), name="recheck"),
    path("batches/<uuid:pk>/marked/", views.MarkedDownload.as_view(), name="marked"),
    path("batches/<uuid:pk>/columns/", mapping_views.ColumnsPage.as_view(), name="columns"),
    path("batches/<uuid:pk>/names/", naming_views.NamesPage.as_view(), name="names"),
    path("mappings/<int:pk>/", mapping_views.MappingPage.as_view(), name="mapping"),
    path("names/", naming_views.KnownNames.as_view(), name="known-names"),
    path("<slug:code>/upload/", views.UploadPage.as_view(), name="upload"),
    path("<slug:code>/template/", views.TemplateDownload.as_view(), name="template"),
    path("<slug:code>/export/", export_views.ExportPage.as_view(), name="export"),
]
