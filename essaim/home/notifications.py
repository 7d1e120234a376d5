"""What hosts have sent to members from their list of Mondays."""

from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel
from essaim.core.notifications import Kind, notify, register
from essaim.exchange.models import HelpExchange
from essaim.people.models import Person

HOST_NUDGE = register(Kind("host_nudge", _("A word of my host"), Channel.NOW))

TITLES: dict[str, str | Promise] = {
    "welcome": _("%(host)s would like to introduce you: what can you lend?"),
    "meet": _("%(host)s would like to introduce you to the others"),
    "news": _("%(host)s would like to hear from you"),
    "rest": _("%(host)s asks whether you would rather have a rest"),
    "going": _("How does it go? %(title)s"),
}
PLACES = {
    "welcome": "exchange:toolbox",
    "meet": "home:directory",
    "news": "exchange:need_new",
    "rest": "exchange:toolbox",
}


def nudged(person: Person, word: str, host: Person) -> None:
    _write(person, word, host, path=reverse(PLACES[word]), about=str(person.pk))


def how_does_it_go(exchange: HelpExchange, host: Person) -> None:
    path = reverse("exchange:help", args=[exchange.pk])
    for person in (exchange.giver, exchange.receiver):
        about = str(exchange.pk)
        _write(person, "going", host, path=path, about=about, title=exchange.title)


def _write(to: Person, word: str, host: Person, *, path: str, about: str, **facts: Any) -> None:
    with translation.override(to.language):
        title = str(TITLES[word]) % {"host": host.given_name, **facts}
    # Once a month at most, whoever clicks.
    key = f"host_nudge:{word}:{about}:{timezone.localdate():%Y-%m}"
    notify(HOST_NUDGE, to=to, title=title, path=path, key=key, word=word, host=host.name)
