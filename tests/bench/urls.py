"""The addresses of the project, and two views that do nothing: what Django itself costs."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as project
from essaim.core.access import allow, public, signed_in


@public
def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


@allow(signed_in)
def empty_signed_in(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [
    path("bench/empty/", empty, name="empty"),
    path("bench/empty-signed-in/", empty_signed_in, name="empty_signed_in"),
    *project,
]

handler400 = "essaim.core.errors.bad_request"
handler403 = "essaim.core.errors.forbidden"
handler404 = "essaim.core.errors.not_found"
handler500 = "essaim.core.errors.server_error"
