"""What hosts do about needs that wait."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
