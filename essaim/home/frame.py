"""What surrounds every page, read in one query, and only by pages that show it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from essaim.core.models import Notice
from essaim.core.prepared import Prepared
from essaim.core.views import THEMES
from essaim.exchange.models import Ask, NeedState
from essaim.hubs.models import Host, Residency
from essaim.people.models import NetworkRole, Person, Role

AROUND = ("hub", "unread", "asked", "hosts", "directs", "administers")


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    icon: str
    current: bool
    count: int = 0


@dataclass(frozen=True)
class Frame:
    network_name: str
    theme: str
    languages: list[tuple[str, str]]
    person: Any = None
    hub_name: str = ""
    unread: int = 0
    need_url: str = ""
    brand_url: str = "/"
    # Empty for who may not look at the board of figures.
    board_url: str = ""
    places: tuple[Place, ...] = ()
    # For who animates or runs the network; the first one stands at the top of every page.
    duties: tuple[Place, ...] = ()


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> Frame:
    theme = request.COOKIES.get("theme", "")
    common: dict[str, Any] = {
        "network_name": settings.NETWORK_NAME,
        "theme": theme if theme in THEMES else "",
        "languages": list(settings.LANGUAGES),
    }
    if not request.user.is_authenticated:
        return Frame(**common)
    known = _around(request.user)
    return Frame(
        **common,
        person=request.user,
        hub_name=known["hub"] or "",
        unread=known["unread"],
        need_url=reverse("exchange:need_new"),
        brand_url=reverse("home:day"),
        board_url=reverse("home:board") if known["hosts"] or known["directs"] else "",
        places=_places(request.path, known["asked"]),
        duties=_duties(request.path, known),
    )


def _around(person: Any) -> dict[str, Any]:
    [row] = _asked_by_every_page(person=person.pk)
    return dict(zip(AROUND, row, strict=True))


def _query(person: UUID) -> QuerySet[Any, Any]:
    me = OuterRef("pk")
    home = Residency.objects.current().filter(person=me).order_by("since_on", "id")
    hosted = Host.objects.current().filter(person=me).order_by("since_on", "id")
    unread = Notice.objects.filter(recipient=me, read_at__isnull=True)
    asks = Ask.objects.waiting().filter(helper=me, need__state=NeedState.OPEN)
    found: QuerySet[Any, Any] = (
        Person.objects.filter(pk=person)
        .annotate(
            hub=Coalesce(
                Subquery(home.values("hub__name")[:1]), Subquery(hosted.values("hub__name")[:1])
            ),
            unread=_how_many(unread, "recipient"),
            asked=_how_many(asks, "helper"),
            hosts=Exists(hosted),
            directs=Exists(NetworkRole.objects.filter(person=me, role=Role.DIRECTOR)),
            administers=Exists(NetworkRole.objects.filter(person=me, role=Role.ADMINISTRATOR)),
        )
        .values_list(*AROUND)
    )
    return found


_asked_by_every_page = Prepared(_query, person=UUID)


def _how_many(rows: QuerySet[Any], owner: str) -> Any:
    counted = rows.order_by().values(of=F(owner)).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _places(path: str, asks: int) -> tuple[Place, ...]:
    places = (
        (_("My day"), reverse("home:day"), "day", asks),
        (_("Needs"), reverse("exchange:needs"), "need", 0),
        (_("The hive"), reverse("home:directory"), "people", 0),
        (_("Me"), reverse("home:me"), "me", 0),
    )
    return tuple(
        Place(label, url, icon, path.startswith(url), count) for label, url, icon, count in places
    )


def _duties(path: str, known: dict[str, Any]) -> tuple[Place, ...]:
    animates = known["hosts"] or known["directs"]
    runs = known["directs"] or known["administers"]
    duties = (
        (animates, _("My Monday"), reverse("home:monday"), "check"),
        (animates, _("Friday’s asks"), reverse("exchange:friday"), "need"),
        (animates, _("Encounters"), reverse("exchange:encounter_rounds"), "hands"),
        (animates, _("The Buzz"), reverse("exchange:buzzes"), "bell"),
        (animates, _("Figures"), reverse("home:board"), "info"),
        (known["administers"], _("The machine"), reverse("home:machine"), "settings"),
        (runs, _("Roles in the network"), reverse("home:roles"), "lock"),
    )
    return tuple(
        Place(label, url, icon, path.startswith(url)) for may, label, url, icon in duties if may
    )
