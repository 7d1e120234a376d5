"""A word in Friday's letter, seldom."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel
from essaim.core.notifications import Kind, notify, register
from essaim.exchange.nudges import Nudge
from essaim.people.models import Person

NUDGE = register(Kind("nudge", _("A word of the hive, a few times a year"), Channel.DIGEST))
TITLES: dict[Nudge, Any] = {
    Nudge.OFFER: _("People of the hive helped you. What could you lend? One line is enough"),
    Nudge.ASK: _("You helped a lot. And if you asked for something?"),
}
PLACES = {Nudge.OFFER: "exchange:toolbox", Nudge.ASK: "exchange:need_new"}


def nudged(person: Person, about: Nudge, now: datetime) -> None:
    with translation.override(person.language):
        title = str(TITLES[about])
    notify(
        NUDGE,
        to=person,
        title=title,
        path=reverse(PLACES[about]),
        key=f"nudge:{about}:{now:%Y%m%d}",
        about=str(about),
    )
