from django.urls import path

from essaim.home import views

app_name = "home"

urlpatterns = [
    path("", views.front, name="front"),
    path("ma-journee/", views.day, name="day"),
    path("ruche/", views.directory, name="directory"),
    path("moi/", views.me, name="me"),
]
