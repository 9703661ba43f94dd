from django.urls import path

from apps.ledger import views

app_name = "ledger"
urlpatterns = [
    path("<slug:code>/", views.ListPage.as_view(), name="list"),
    path("<slug:code>/new/", views.CreatePage.as_view(), name="create"),
    path("<slug:code>/lookup/", views.LookupPage.as_view(), name="lookup"),
    path("<slug:code>/<int:pk>/", views.DetailPage.as_view(), name="detail"),
    path("<slug:code>/<int:pk>/change/", views.ChangePage.as_view(), name="change"),
    path("<slug:code>/<int:pk>/archive/", views.ArchivePage.as_view(), name="archive"),
    path("<slug:code>/<int:pk>/history/", views.HistoryPage.as_view(), name="history"),
]
