"""Pages for what went wrong: they tell what to do next and never what the machine knows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from essaim.core.access import public


@public
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


@public
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    # What may not be seen does not exist.
    return render(request, "404.html", status=404)


@public
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: what broke may be the database, and the frame around a page reads it.
    return HttpResponse(render_to_string("500.html"), status=500)
