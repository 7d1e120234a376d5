from django.urls import path

from essaim.home import day_views, machine_views, people_urls, public_views

app_name = "home"

urlpatterns = [
    path("", public_views.front, name="front"),
    path("visiter/", public_views.visit, name="visit"),
    path("decouvrir/", public_views.shown_ventures, name="shown_ventures"),
    path("ma-journee/", day_views.day, name="day"),
    path("ma-journee/demandes/", day_views.day_asks, name="day_asks"),
    path("machine/", machine_views.machine, name="machine"),
    path("machine/<int:row_id>/", machine_views.revive, name="revive"),
    *people_urls.urlpatterns,
]
