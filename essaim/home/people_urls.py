"""The hive: its people and ventures; and me."""

from django.urls import path

from essaim.home import (
    departure_views,
    directory_views,
    host_tool_views,
    hub_views,
    me_views,
    person_views,
    photo_views,
    residency_views,
    tree_views,
    venture_views,
)

HIVE = [
    path("ruche/", directory_views.people, name="directory"),
    path("ruche/structures/", directory_views.ventures, name="ventures"),
    path("ruche/competences/", directory_views.skills, name="skills"),
    path("ruche/competences/<slug:code>/", directory_views.skill_family, name="skill_family"),
    path("ruche/lieux/", hub_views.hubs, name="hubs"),
    path("ruche/personnes/<uuid:person_id>/", person_views.person, name="person"),
    path(
        "residences/<uuid:residency_id>/formule/", residency_views.change_plan, name="change_plan"
    ),
    path(
        "residences/<uuid:residency_id>/fin/", residency_views.end_residency, name="end_residency"
    ),
]

VENTURES = [
    path("ruche/structures/nouvelle/", venture_views.venture_new, name="venture_new"),
    path("ruche/structures/<uuid:venture_id>/", venture_views.venture, name="venture"),
    path(
        "ruche/structures/<uuid:venture_id>/modifier/",
        venture_views.venture_edit,
        name="venture_edit",
    ),
    path("ruche/structures/<uuid:venture_id>/equipe/", venture_views.team, name="team"),
    path("ruche/equipes/<uuid:affiliation_id>/", venture_views.team_change, name="team_change"),
]

HUBS = [
    path("ruche/lieux/nouveau/", hub_views.hub_new, name="hub_new"),
    path("ruche/lieux/<slug:slug>/", hub_views.hub, name="hub"),
    path("ruche/lieux/<slug:slug>/modifier/", hub_views.hub_edit, name="hub_edit"),
    path("ruche/lieux/<slug:slug>/hotes/", hub_views.hub_hosts, name="hub_hosts"),
    path(
        "ruche/lieux/<slug:slug>/hotes/<uuid:person_id>/fin/",
        hub_views.hub_host_end,
        name="hub_host_end",
    ),
    path("ruche/lieux/<slug:slug>/arrivee/", residency_views.move_in, name="move_in"),
    path("ruche/lieux/<slug:slug>/residents/", host_tool_views.residents, name="residents"),
    path(
        "ruche/lieux/<slug:slug>/residents.csv", host_tool_views.residents_csv, name="residents_csv"
    ),
]

NETWORK = [
    path("hote/competences/", host_tool_views.proposals, name="proposals"),
    path("hote/competences/arbre/", tree_views.skill_tree, name="skill_tree"),
    path("hote/competences/arbre/<uuid:skill_id>/", tree_views.skill_edit, name="skill_edit"),
    path(
        "hote/competences/changements/<uuid:change_id>/", tree_views.skill_undo, name="skill_undo"
    ),
    path("hote/competences/<uuid:skill_id>/", host_tool_views.proposal, name="proposal"),
    path("reseau/roles/", host_tool_views.roles, name="roles"),
    path(
        "reseau/roles/<uuid:person_id>/<slug:role>/retirer/",
        host_tool_views.role_take,
        name="role_take",
    ),
    path("reseau/departs/", departure_views.departures, name="departures"),
    path(
        "reseau/departs/<uuid:person_id>/effacer/",
        departure_views.departed_erase,
        name="departed_erase",
    ),
]

ME = [
    path("moi/", me_views.me, name="me"),
    path("moi/profil/", me_views.profile, name="profile"),
    path("moi/photo/", photo_views.my_photo, name="my_photo"),
    path("moi/photo/retirer/", photo_views.my_photo_remove, name="my_photo_remove"),
    path(
        "ruche/personnes/<uuid:person_id>/photo/retirer/",
        photo_views.photo_take_down,
        name="photo_take_down",
    ),
    path("moi/langue/", me_views.set_language, name="set_language"),
    path("moi/visibilite/", me_views.visibility, name="visibility"),
    path("moi/vu-par/<slug:seen_by>/", person_views.preview, name="preview"),
    path("moi/donnees/", me_views.my_data, name="my_data"),
    path("moi/donnees/tout.json", me_views.my_data_json, name="my_data_json"),
    path("moi/donnees/tout.zip", me_views.my_data_zip, name="my_data_zip"),
    path("moi/donnees/effacer/", me_views.erase, name="erase"),
    path("moi/donnees/partir/", me_views.leave, name="leave"),
]

urlpatterns = [*HIVE, *VENTURES, *HUBS, *NETWORK, *ME]
