from django.urls import path

from apps.chains import views

app_name = "chains"
urlpatterns = [
    path("", views.ChainList.as_view(), name="list"),
    path("<int:pk>/", views.ChainPage.as_view(), name="page"),
    path("<int:pk>/year/", views.OpenYear.as_view(), name="open-year"),
    path("<int:pk>/urge/", views.Urge.as_view(), name="urge"),
    path("<int:pk>/instruct/", views.Instruct.as_view(), name="instruct"),
]
