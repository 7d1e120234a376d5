"""What a visitor reads: what a hive is, where they are, who chose to be shown. No figure without
its list."""

from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from essaim.core.access import public
from essaim.exchange.models import Thanks, ThanksAudience
from essaim.hubs.models import Hub
from essaim.people.models import Audience, Venture

VISITOR = AnonymousUser()
SHOWN = 6
THANKS = 3
PAGE = 30


@public
def front(request: HttpRequest) -> HttpResponse:
    """The same for members as for visitors, so that a member can show it."""
    ventures = Venture.objects.visible_to(VISITOR)
    hubs = Hub.objects.visible_to(VISITOR)
    context = {
        "hubs": list(hubs.order_by("name")[:SHOWN]),
        "hub_count": hubs.count(),
        "ventures": list(ventures.order_by("-created_at", "id")[:SHOWN]),
        "venture_count": ventures.count(),
        "thanks": [_signed(thanks) for thanks in _public_thanks()],
    }
    return render(request, "home/front.html", context)


def _public_thanks() -> QuerySet[Thanks]:
    rows = Thanks.objects.filter(audience=ThanksAudience.PUBLIC).select_related("author")
    return rows.order_by("-created_at", "id")[:THANKS]


def _signed(thanks: Thanks) -> dict[str, str]:
    """The words were made public by their author; the name only if the author is shown too."""
    author = thanks.author
    shown = author.is_present() and author.profile_audience == Audience.PUBLIC
    return {"text": thanks.text, "by": author.given_name if shown else ""}


@public
def visit(request: HttpRequest) -> HttpResponse:
    rows = Hub.objects.visible_to(VISITOR).order_by("town", "name")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "home/visit.html", {"page": page})


@public
def shown_ventures(request: HttpRequest) -> HttpResponse:
    rows = Venture.objects.visible_to(VISITOR).by_name()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "home/shown_ventures.html", {"page": page})
