from django.urls import include, path
from django.views.i18n import set_language

from essaim.core.access import public

urlpatterns = [
    path("", include("essaim.home.urls")),
    path("", include("essaim.core.urls")),
    path("", include("essaim.people.urls")),
    path("", include("essaim.hubs.urls")),
    path("", include("essaim.exchange.urls")),
    path("compte/", include("allauth.urls")),
    path("langue/", public(set_language), name="set_language"),
]

handler400 = "essaim.core.errors.bad_request"
handler403 = "essaim.core.errors.forbidden"
handler404 = "essaim.core.errors.not_found"
handler500 = "essaim.core.errors.server_error"
