"""Friday's asks, for the hosts of a hive."""

from django.urls import path

from essaim.exchange import friday_views as views

urlpatterns = [
    path("hote/vendredi/", views.friday, name="friday"),
    path("hote/vendredi/<uuid:hub_id>/preparer/", views.friday_draft, name="friday_draft"),
    path("hote/vendredi/<uuid:pk>/refaire/", views.friday_again, name="friday_again"),
    path("hote/vendredi/<uuid:pk>/envoyer/", views.friday_send, name="friday_send"),
    path("hote/vendredi/<uuid:pk>/mettre-de-cote/", views.friday_discard, name="friday_discard"),
    path(
        "hote/vendredi/<uuid:pk>/besoins/<uuid:need_id>/choisir/",
        views.friday_choose,
        name="friday_choose",
    ),
    path(
        "hote/vendredi/<uuid:pk>/besoins/<uuid:need_id>/retirer/",
        views.friday_strike,
        name="friday_strike",
    ),
]
