"""What protects those who help, and a word after a silence."""

from django.urls import path

from essaim.exchange import guard_views, silence_views

urlpatterns = [
    path("temps-de-cerveau/ce-qui-me-protege/", guard_views.protection, name="protection"),
    path("reseau/garde-fous/", guard_views.guards, name="guards"),
    path("des-nouvelles/", silence_views.silence_say, name="silence_say"),
    path("des-nouvelles/<str:token>/", silence_views.silence_answer, name="silence_answer"),
]
