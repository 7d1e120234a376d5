"""The hive: its people and ventures; and me."""

from django.urls import path

from essaim.home import views

urlpatterns = [
    path("ruche/", views.directory, name="directory"),
    path("moi/", views.me, name="me"),
]
