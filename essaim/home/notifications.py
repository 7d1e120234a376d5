"""What hosts have sent to members from their list of Mondays."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel
from essaim.core.notifications import Kind, notify, register
from essaim.core.writing import line
from essaim.exchange.models import BuzzPromise, HelpExchange
from essaim.people.models import Person

HOST_NUDGE = register(Kind("host_nudge", _("A word of my host"), Channel.NOW))
HOST_THANKS = register(Kind("host_thanks", _("My host thanks me"), Channel.NOW))
HOST_INTRODUCES = register(
    Kind("host_introduces", _("My host introduces somebody to me"), Channel.NOW)
)
HOST_PAUSED = register(
    Kind("host_paused", _("My host pauses what is asked of me"), Channel.NOW, mutable=False)
)

TITLES: dict[str, str | Promise] = {
    "welcome": _("%(host)s would like to introduce you: what can you lend?"),
    "meet": _("%(host)s would like to introduce you to the others"),
    "news": _("%(host)s would like to hear from you"),
    "rest": _("%(host)s asks whether you would rather have a rest"),
    "breathe": _("%(host)s asks whether you would like to catch your breath"),
    "going": _("How does it go? %(title)s"),
    "kept": _("Promised at the Buzz: is it done? %(title)s"),
}
# From the board or from Monday, it is one question.
SAME = {"breathe": "rest"}
PLACES = {
    "welcome": "exchange:toolbox",
    "meet": "home:directory",
    "news": "exchange:need_new",
    "rest": "exchange:toolbox",
    "breathe": "exchange:toolbox",
}


def nudged(person: Person, word: str, host: Person) -> None:
    _write(person, word, host, path=reverse(PLACES[word]), about=str(person.pk))


def how_does_it_go(exchange: HelpExchange, host: Person) -> None:
    path = reverse("exchange:help", args=[exchange.pk])
    for person in (exchange.giver, exchange.receiver):
        about = str(exchange.pk)
        _write(person, "going", host, path=path, about=about, title=exchange.title)


def is_it_kept(promise: BuzzPromise, host: Person) -> None:
    """Said of nobody: it is not known whether it was done."""
    path, about = reverse("exchange:promises"), str(promise.pk)
    for person in (promise.giver, promise.receiver):
        _write(person, "kept", host, path=path, about=about, title=promise.text)


def thanked(person: Person, words: str, host: Person) -> None:
    """On one line: what a person wrote never becomes a button of the letter."""
    words = line(words)
    notify(
        HOST_THANKS,
        to=person,
        title=_said(person, _("%(host)s thanks you: %(words)s"), host=host.given_name, words=words),
        path=reverse("exchange:brain_time"),
        key=f"host_thanks:{host.pk}:{person.pk}:{timezone.now():%Y%m%d%H%M}",
        words=words,
        host=host.name,
    )


def introduced(one: Person, other: Person, host: Person) -> None:
    """To both, once a month at most: each reads the name of the other and finds their page."""
    month = f"{timezone.localdate():%Y-%m}"
    for to, met in ((one, other), (other, one)):
        title = _("%(host)s introduces %(name)s to you")
        notify(
            HOST_INTRODUCES,
            to=to,
            title=_said(to, title, host=host.given_name, name=met.name),
            path=reverse("home:person", args=[met.pk]),
            key=f"host_introduces:{met.pk}:{month}",
            host=host.name,
        )


def paused(person: Person, until: date, host: Person) -> None:
    _tell_pause(person, _("%(host)s pauses what is asked of you"), host, until=until.isoformat())


def pause_taken_back(person: Person, host: Person) -> None:
    _tell_pause(person, _("%(host)s takes the pause back: you can be asked again"), host, until="")


def _tell_pause(person: Person, title: Promise, host: Person, *, until: str) -> None:
    notify(
        HOST_PAUSED,
        to=person,
        title=_said(person, title, host=host.given_name),
        path=reverse("exchange:toolbox"),
        key=f"host_paused:{person.pk}:{until}:{timezone.now():%Y%m%d%H%M%S}",
        until=until,
        host=host.name,
    )


def _said(to: Person, sentence: str | Promise, /, **words: str) -> str:
    with translation.override(to.language):
        return str(sentence) % words


def _write(to: Person, word: str, host: Person, *, path: str, about: str, **facts: Any) -> None:
    title = _said(to, TITLES[word], host=host.given_name, **facts)
    # Once a month at most, whoever clicks.
    key = f"host_nudge:{SAME.get(word, word)}:{about}:{timezone.localdate():%Y-%m}"
    notify(HOST_NUDGE, to=to, title=title, path=path, key=key, word=word, host=host.name)
