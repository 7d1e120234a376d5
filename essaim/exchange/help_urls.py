"""Help exchanges, brain-time, the toolbox card."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
