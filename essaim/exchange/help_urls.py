"""Help exchanges, brain-time, the toolbox card."""

from django.urls import path

from essaim.exchange import (
    brain_time_views,
    help_dates,
    help_views,
    mission_views,
    toolbox_views,
)

urlpatterns = [
    path("boite-a-outils/", toolbox_views.toolbox, name="toolbox"),
    path("boite-a-outils/trouver/", toolbox_views.toolbox_search, name="toolbox_search"),
    path("boite-a-outils/ajouter/", toolbox_views.toolbox_add, name="toolbox_add"),
    path("boite-a-outils/remettre/", toolbox_views.toolbox_restore, name="toolbox_restore"),
    path("boite-a-outils/toujours-vrai/", toolbox_views.toolbox_confirm, name="toolbox_confirm"),
    path("boite-a-outils/temps/", toolbox_views.toolbox_pledge, name="toolbox_pledge"),
    path("boite-a-outils/pause/", toolbox_views.toolbox_pause, name="toolbox_pause"),
    path("boite-a-outils/retour/", toolbox_views.toolbox_resume, name="toolbox_resume"),
    path("boite-a-outils/<uuid:pk>/note/", toolbox_views.toolbox_note, name="toolbox_note"),
    path("boite-a-outils/<uuid:pk>/retirer/", toolbox_views.toolbox_remove, name="toolbox_remove"),
    path("coups-de-main/", help_views.helps, name="helps"),
    path("coups-de-main/mes-coups-de-main.csv", help_views.helps_csv, name="helps_csv"),
    path("coups-de-main/reponse/<str:token>/", help_views.help_answer, name="help_answer"),
    path("coups-de-main/avec/<uuid:person_id>/", help_views.propose, name="propose_help"),
    path("coups-de-main/<uuid:pk>/", help_views.help_page, name="help"),
    path("coups-de-main/<uuid:pk>/accord/", help_views.help_agree, name="help_agree"),
    path("coups-de-main/<uuid:pk>/date/", help_dates.help_date, name="help_date"),
    path("coups-de-main/<uuid:pk>/rendez-vous.ics", help_dates.help_ics, name="help_ics"),
    path("coups-de-main/<uuid:pk>/fait/", help_views.help_claim, name="help_claim"),
    path("coups-de-main/<uuid:pk>/oui/", help_views.help_confirm, name="help_confirm"),
    path("coups-de-main/<uuid:pk>/presque/", help_views.help_dispute, name="help_dispute"),
    path("coups-de-main/<uuid:pk>/annuler/", help_views.help_cancel, name="help_cancel"),
    path("coups-de-main/<uuid:pk>/mission/", mission_views.help_mission, name="help_mission"),
    path("coups-de-main/<uuid:pk>/merci/", help_views.help_thank, name="help_thank"),
    path("temps-de-cerveau/", brain_time_views.brain_time, name="brain_time"),
    path("temps-de-cerveau/pot/", brain_time_views.give_to_pot, name="give_to_pot"),
    path("hote/desaccords/", brain_time_views.disputes, name="disputes"),
    path("hote/desaccords/<uuid:pk>/", brain_time_views.settle, name="settle"),
    path("hote/corrections/", brain_time_views.corrections, name="corrections"),
    path("hote/corrections/<uuid:pk>/", brain_time_views.correct, name="correct"),
]
