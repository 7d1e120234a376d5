"""Introductions."""

from django.urls import path

from essaim.exchange import introduction_views as views

urlpatterns = [
    path("presentations/", views.introductions, name="introductions"),
    path("presentations/<uuid:pk>/", views.introduction, name="introduction"),
    path("presentations/lien/<str:token>/", views.introduction_answer, name="introduction_answer"),
    path("besoins/<uuid:need_id>/presenter/", views.introduction_offer, name="introduction_offer"),
    path("besoins/<uuid:need_id>/cherche/", views.need_look_for, name="need_look_for"),
]
