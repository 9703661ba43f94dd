from django.urls import path

from apps.workbench import views

app_name = "workbench"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("todo/", views.TodoPage.as_view(), name="todo"),
    path("todo/count/", views.Bell.as_view(), name="bell"),
    path("todo/reminders/<int:pk>/seen/", views.Seen.as_view(), name="seen"),
    path("search/", views.Search.as_view(), name="search"),
]
