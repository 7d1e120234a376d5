"""Improbable encounters: those who meet, and the hosts who look at the draw."""

from django.urls import path

from essaim.exchange import encounter_host_views as hosting
from essaim.exchange import encounter_measure_views, encounter_views

urlpatterns = [
    path("rencontres/", encounter_views.encounters, name="encounters"),
    path("rencontres/participer/", encounter_views.encounters_join, name="encounters_join"),
    path("rencontres/pause/", encounter_views.encounters_pause, name="encounters_pause"),
    path("rencontres/arreter/", encounter_views.encounters_leave, name="encounters_leave"),
    path("rencontres/lien/<str:token>/", encounter_views.encounter_answer, name="encounter_answer"),
    path("rencontres/<uuid:pk>/", encounter_views.encounter, name="encounter"),
    path("rencontres/<uuid:pk>/dire/", encounter_views.encounter_tell, name="encounter_tell"),
    path(
        "rencontres/<uuid:pk>/rendez-vous.ics", encounter_views.encounter_ics, name="encounter_ics"
    ),
    path(
        "rencontres/<uuid:pk>/eviter/<uuid:person_id>/",
        encounter_views.encounter_never,
        name="encounter_never",
    ),
    path("hote/rencontres/", hosting.encounter_rounds, name="encounter_rounds"),
    path(
        "hote/rencontres/mesures/",
        encounter_measure_views.encounter_measures,
        name="encounter_measures",
    ),
    path("hote/rencontres/<uuid:hub_id>/tirer/", hosting.round_draw, name="round_draw"),
    path("hote/rencontres/<uuid:hub_id>/rythme/", hosting.round_rhythm, name="round_rhythm"),
    path("hote/rencontres/<uuid:pk>/envoyer/", hosting.round_send, name="round_send"),
    path("hote/rencontres/<uuid:pk>/annuler/", hosting.round_cancel, name="round_cancel"),
    path("hote/rencontres/<uuid:pk>/echanger/", hosting.round_swap, name="round_swap"),
    path("hote/rencontres/<uuid:pk>/retirer/", hosting.round_drop, name="round_drop"),
]
