from django.urls import path

from essaim.core import figure_views, gallery, notice_views, views
from essaim.core.imports import urls as import_urls

app_name = "core"

urlpatterns = [
    path("documents/<uuid:document_id>/", views.document, name="document"),
    path("messages/", notice_views.notices, name="notices"),
    path("messages/reglages/", notice_views.notice_settings, name="notice_settings"),
    path("messages/desabonner/<str:token>/", notice_views.unsubscribe, name="unsubscribe"),
    path("chiffres/<slug:code>/", figure_views.figure, name="figure"),
    path("galerie/", gallery.gallery, name="gallery"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("apparence/", views.set_theme, name="set_theme"),
    *import_urls.urlpatterns,
]
