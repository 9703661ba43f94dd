from django.urls import path

from apps.ledger import batch_pages, bulk_pages, list_pages, process_views, views

app_name = "ledger"
urlpatterns = [
    path("<slug:code>/", views.ListPage.as_view(), name="list"),
    path("<slug:code>/new/", views.CreatePage.as_view(), name="create"),
    path("<slug:code>/urge/", views.UrgePage.as_view(), name="urge"),
    path("<slug:code>/lookup/", views.LookupPage.as_view(), name="lookup"),
    path("<slug:code>/columns/", list_pages.ColumnsPage.as_view(), name="columns"),
    path("<slug:code>/views/new/", list_pages.KeepViewPage.as_view(), name="keep"),
    path("<slug:code>/views/<int:pk>/", list_pages.ViewPage.as_view(), name="view"),
    path("<slug:code>/bulk/", bulk_pages.BulkPage.as_view(), name="bulk"),
    path("<slug:code>/batches/", batch_pages.BatchesPage.as_view(), name="batches"),
    path("<slug:code>/batches/<uuid:pk>/", batch_pages.BatchPage.as_view(), name="batch"),
    path("<slug:code>/<int:pk>/", views.DetailPage.as_view(), name="detail"),
    path("<slug:code>/<int:pk>/change/", views.ChangePage.as_view(), name="change"),
    path("<slug:code>/<int:pk>/archive/", views.ArchivePage.as_view(), name="archive"),
    path("<slug:code>/<int:pk>/history/", views.HistoryPage.as_view(), name="history"),
    path("<slug:code>/<int:pk>/moves/<slug:move>/", process_views.MovePage.as_view(), name="move"),
    path("<slug:code>/<int:pk>/papers/add/<slug:slot>/", process_views.PaperUpload.as_view(), name="paper-add"),
    path("<slug:code>/<int:pk>/papers/<int:paper>/", process_views.PaperFile.as_view(), name="paper"),
    path("<slug:code>/<int:pk>/papers/<int:paper>/withdraw/", process_views.PaperWithdraw.as_view(), name="paper-withdraw"),
]
