"""What surrounds every page. Lazy: a fragment that does not show it pays nothing."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from essaim.core.models import Notice
from essaim.core.views import THEMES
from essaim.hubs.rules import home_hub


@dataclass(frozen=True)
class Place:
    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Frame:
    network_name: str
    theme: str
    languages: list[tuple[str, str]]
    person: Any = None
    hub_name: str = ""
    unread: int = 0
    need_url: str = ""
    places: tuple[Place, ...] = ()


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
    hub = home_hub(request.user)
    unread = Notice.objects.filter(recipient_id=request.user.pk, read_at__isnull=True)
    return Frame(
        **common,
        person=request.user,
        hub_name=hub.name if hub else "",
        unread=unread.count(),
        need_url=reverse("exchange:need_new"),
        places=_places(request.path),
    )


def _places(path: str) -> tuple[Place, ...]:
    places = (
        (_("My day"), reverse("home:day"), "day"),
        (_("Needs"), reverse("exchange:needs"), "need"),
        (_("The hive"), reverse("home:directory"), "people"),
        (_("Me"), reverse("home:me"), "me"),
    )
    return tuple(Place(label, url, icon, path.startswith(url)) for label, url, icon in places)
