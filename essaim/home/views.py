"""Landing pages by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from essaim.core.access import allow, public, signed_in


@public
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "home/front.html")


@allow(signed_in)
def day(request: HttpRequest) -> HttpResponse:
    return render(request, "home/day.html")
