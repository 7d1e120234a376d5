from django.urls import path

from essaim.home import machine_views, people_urls, views

app_name = "home"

urlpatterns = [
    path("", views.front, name="front"),
    path("ma-journee/", views.day, name="day"),
    path("machine/", machine_views.machine, name="machine"),
    path("machine/<int:row_id>/", machine_views.revive, name="revive"),
    *people_urls.urlpatterns,
]
