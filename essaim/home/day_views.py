"""« My day »: one page, for whoever has two minutes."""

from hashlib import sha256
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from essaim.core.access import allow, signed_in
from essaim.exchange import reasons
from essaim.exchange.models import Ask
from essaim.exchange.need_forms import AnswerForm
from essaim.home.day import day_of, waiting_asks
from essaim.people.requests import SignedRequest


@allow(signed_in)
def day(request: SignedRequest) -> HttpResponse:
    found = day_of(request.user, timezone.now())
    return render(request, "home/day.html", {"day": found, **_asked(found.asks)})


@allow(signed_in)
def day_asks(request: SignedRequest) -> HttpResponse:
    """Asked again every minute: nothing is sent, and nothing moves, while nothing changed."""
    context = _asked(waiting_asks(request.user))
    if request.GET.get("known") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "home/day.html#asks", context)


def _asked(asks: list[Ask]) -> dict[str, Any]:
    first = asks[0] if asks else None
    known = "".join(f"{ask.pk}{ask.state}" for ask in asks)
    return {
        "ask": first,
        "why": reasons.for_helper(first.reasons, first.need.author.given_name) if first else "",
        "others": asks[1:],
        "form": AnswerForm(),
        "version": sha256(known.encode()).hexdigest()[:12],
    }
