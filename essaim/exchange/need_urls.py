"""Needs and asks."""

from django.urls import path

from essaim.exchange import views

urlpatterns = [
    path("besoins/", views.needs, name="needs"),
    path("besoins/nouveau/", views.need_new, name="need_new"),
]
