"""What hosts do about needs that wait."""

from django.urls import path

from essaim.exchange import host_views

urlpatterns = [
    path("hote/besoins/", host_views.queue, name="queue"),
    path("hote/besoins/<uuid:need_id>/", host_views.host_need, name="host_need"),
    path(
        "hote/besoins/<uuid:need_id>/demander/<uuid:person_id>/",
        host_views.assign,
        name="host_assign",
    ),
    path("hote/besoins/<uuid:need_id>/ecrire/", host_views.write, name="host_write"),
    *(
        path(
            f"hote/besoins/<uuid:need_id>/{words}/",
            host_views.take_up,
            {"gesture": gesture},
            name=f"host_{gesture}",
        )
        for words, gesture in (
            ("je-m-en-occupe", "acknowledge"),
            ("appel", "call"),
            ("cloche", "bell"),
        )
    ),
]
