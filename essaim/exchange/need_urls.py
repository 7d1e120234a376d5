"""Needs and asks."""

from django.urls import path

from essaim.exchange import ask_views, choice_views, need_list_views, need_views

urlpatterns = [
    path("besoins/", need_list_views.needs, name="needs"),
    path("besoins/export.csv", need_list_views.needs_export, name="needs_export"),
    path("besoins/nouveau/", need_views.need_new, name="need_new"),
    path("besoins/propositions/", need_views.propose, name="need_propose"),
    path("besoins/<uuid:need_id>/", need_views.need, name="need"),
    path("besoins/<uuid:need_id>/apercu/", need_views.need_preview, name="need_preview"),
    path("besoins/<uuid:need_id>/dire/", need_views.need_publish, name="need_publish"),
    path("besoins/<uuid:need_id>/aider/", need_views.need_volunteer, name="need_volunteer"),
    path("besoins/<uuid:need_id>/reformuler/", need_views.need_reword, name="need_reword"),
    path(
        "besoins/<uuid:need_id>/demander/<uuid:person_id>/",
        need_views.need_ask,
        name="need_ask",
    ),
    *(
        path(f"besoins/<uuid:need_id>/{words}/", need_views.need_change, {"verb": verb}, name=name)
        for words, verb, name in (
            ("retirer", "withdraw", "need_withdraw"),
            ("trouve", "met", "need_met"),
            ("fermer", "close", "need_close"),
            ("rouvrir", "reopen", "need_reopen"),
        )
    ),
    path("besoins/<uuid:need_id>/suite/", choice_views.need_over, name="need_over"),
    path("besoins/lien/<str:token>/", choice_views.need_answer, name="need_answer"),
    path("demandes/<uuid:ask_id>/", ask_views.ask, name="ask"),
    path("demandes/<uuid:ask_id>/reponse/", ask_views.ask_answer, name="ask_answer"),
    path("reponse/<str:token>/", ask_views.answer, name="answer"),
]
