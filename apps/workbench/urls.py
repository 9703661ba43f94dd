from django.urls import path

from apps.workbench import views

app_name = "workbench"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("search/", views.Search.as_view(), name="search"),
]
