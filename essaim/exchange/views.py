from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from essaim.core.access import allow, signed_in


@allow(signed_in)
def needs(request: HttpRequest) -> HttpResponse:
    return render(request, "exchange/needs.html")


@allow(signed_in)
def need_new(request: HttpRequest) -> HttpResponse:
    return render(request, "exchange/need_new.html")
