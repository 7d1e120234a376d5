from django.urls import path

from essaim.home import (
    board_views,
    day_views,
    machine_views,
    monday_gesture_views,
    monday_views,
    people_urls,
    public_views,
    rest_views,
    week_views,
)

app_name = "home"

urlpatterns = [
    path("", public_views.front, name="front"),
    path("visiter/", public_views.visit, name="visit"),
    path("decouvrir/", public_views.shown_ventures, name="shown_ventures"),
    path("ma-journee/", day_views.day, name="day"),
    path("ma-journee/demandes/", day_views.day_asks, name="day_asks"),
    path("lundi/", monday_views.monday, name="monday"),
    *(
        path(f"lundi/<slug:kind>/<uuid:thing_id>/{words}/", view, name=name)
        for words, view, name in (
            ("fait", monday_views.monday_act, "monday_act"),
            ("plus-tard", monday_views.monday_fold, "monday_fold"),
            ("reprendre", monday_views.monday_unfold, "monday_unfold"),
            ("appeler", monday_gesture_views.monday_call, "monday_call"),
            ("presenter", monday_gesture_views.monday_introduce, "monday_introduce"),
            ("buzz", monday_gesture_views.monday_buzz, "monday_buzz"),
            ("pause", monday_gesture_views.monday_pause, "monday_pause"),
            ("merci", monday_gesture_views.monday_thank, "monday_thank"),
        )
    ),
    path(
        "lundi/<slug:kind>/<uuid:thing_id>/annuler/<slug:gesture>/",
        monday_gesture_views.monday_undo,
        name="monday_undo",
    ),
    path("chiffres-de-la-ruche/", board_views.board, name="board"),
    path("chiffres-de-la-ruche/<slug:slug>/", week_views.weeks, name="weeks"),
    path("ruche/lieux/<slug:slug>/semaines/", week_views.hive_weeks, name="hive_weeks"),
    path("personnes/<uuid:person_id>/repos/", rest_views.offer_rest, name="offer_rest"),
    path("machine/", machine_views.machine, name="machine"),
    path("machine/<int:row_id>/", machine_views.revive, name="revive"),
    *people_urls.urlpatterns,
]
