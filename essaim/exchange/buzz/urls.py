"""The Buzz."""

from django.urls import path

from essaim.exchange.buzz import list_views, views

urlpatterns = [
    path("buzz/", list_views.buzzes, name="buzzes"),
    path("buzz/prevoir/", list_views.plan, name="buzz_plan"),
    path("buzz/sonner/", list_views.start, name="buzz_start"),
    path("buzz/promesses/", list_views.promises, name="promises"),
    *(
        path(
            f"buzz/promesses/<uuid:promise_id>/{verb}/",
            list_views.settle,
            {"verb": verb},
            name=name,
        )
        for verb, name in (
            ("tenue", "promise_kept"),
            ("pas-tenue", "promise_broken"),
            ("inutile", "promise_released"),
        )
    ),
    path("buzz/<uuid:buzz_id>/", views.room, name="buzz"),
    path("buzz/<uuid:buzz_id>/animer/", views.desk, name="buzz_desk"),
    path("buzz/<uuid:buzz_id>/mur/", views.wall, name="buzz_wall"),
    path("buzz/<uuid:buzz_id>/compte-rendu/", views.minutes, name="buzz_minutes"),
    path("buzz/<uuid:buzz_id>/nouvelles/", views.news, name="buzz_news"),
    path("buzz/<uuid:buzz_id>/geste/<str:verb>/", views.gesture, name="buzz_gesture"),
]
