"""What people are told about encounters: proposed, dated, off; how it was, and what came of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, notify, register
from essaim.core.writing import line
from essaim.exchange import encounter_cards as cards
from essaim.exchange import encounter_links
from essaim.exchange.models import (
    EncounterCard,
    EncounterPlace,
    EncounterRound,
    EncounterState,
    RoundState,
    Told,
)
from essaim.hubs.models import Host
from essaim.hubs.rules import is_host
from essaim.people.models import Person

LIVE = (EncounterState.PROPOSED, EncounterState.AGREED)


def _place(notice: Notice) -> EncounterPlace | None:
    rows = EncounterPlace.objects.select_related("encounter__round__hub", "person")
    return rows.filter(pk=notice.facts["place"], encounter__isnull=False).first()


def _facts(*states: str) -> Any:
    """What the mail says is read when it leaves; no mail once the encounter is elsewhere."""

    def fresh(notice: Notice) -> Facts | None:
        place = _place(notice)
        if place is None or place.encounter is None or place.encounter.state not in states:
            return None
        others = others_of(place)
        return {
            "encounter": place.encounter,
            "hub": place.encounter.round.hub,
            "names": _names(others, notice.recipient.language),
            "lines": _lines(place, notice.recipient.language),
            "answer": encounter_links.path_for(place),
        }

    return fresh


def _unanswered(notice: Notice) -> Facts | None:
    place = _place(notice)
    if place is None or place.told == Told.SKIPPED or place.useful is not None:
        return None
    found: Facts | None = _facts(*LIVE, EncounterState.MET, EncounterState.NO_ANSWER)(notice)
    return found


def _unfollowed(notice: Notice) -> Facts | None:
    place = _place(notice)
    if place is None or place.since:
        return None
    found: Facts | None = _facts(EncounterState.MET)(notice)
    return found


def _drawn_facts(notice: Notice) -> Facts | None:
    rows = EncounterRound.objects.filter(state=RoundState.DRAWN).select_related("hub")
    found = rows.filter(pk=notice.facts["round"]).first()
    return None if found is None else {"round": found, "hub": found.hub}


ENCOUNTER_PROPOSED = register(
    Kind(
        "encounter_proposed",
        _("Somebody to meet is proposed to me"),
        Channel.NOW,
        facts=_facts(EncounterState.PROPOSED),
    )
)
ENCOUNTER_AGREED = register(
    Kind(
        "encounter_agreed",
        _("The moment of an encounter is chosen"),
        Channel.NOW,
        facts=_facts(EncounterState.AGREED),
    )
)
ENCOUNTER_OFF = register(
    Kind(
        "encounter_off",
        _("An encounter will not take place"),
        Channel.NOW,
        facts=_facts(*LIVE, EncounterState.SKIPPED),
    )
)
ENCOUNTER_HOW = register(
    Kind("encounter_how", _("I am asked how an encounter was"), Channel.NOW, facts=_unanswered)
)
ENCOUNTER_SINCE = register(
    Kind(
        "encounter_since",
        _("A month later, I am asked what came of an encounter"),
        Channel.NOW,
        facts=_unfollowed,
    )
)
ROUND_DRAWN = register(
    Kind(
        "encounter_round_drawn",
        _("The encounters of my hive are drawn"),
        Channel.NOW,
        facts=_drawn_facts,
        told_to=is_host,
    )
)


def proposed(places: Iterable[EncounterPlace]) -> None:
    for place in places:
        _tell(ENCOUNTER_PROPOSED, place, _("This fortnight, meet %(names)s"))


def other_moments(places: Iterable[EncounterPlace], turn: int) -> None:
    title = _("Three other moments to meet %(names)s")
    for place in places:
        _tell(ENCOUNTER_PROPOSED, place, title, again=str(turn))


def agreed(places: Iterable[EncounterPlace], at: datetime) -> None:
    for place in places:
        _tell(ENCOUNTER_AGREED, place, _("It is set with %(names)s"), again=f"{at:%Y%m%d%H%M}")


def off(places: Iterable[EncounterPlace], who: Person) -> None:
    for place in places:
        title = _("%(name)s cannot make it this time")
        _tell(ENCOUNTER_OFF, place, title, again=str(who.pk), name=who.given_name)


def how_was_it(places: Iterable[EncounterPlace]) -> None:
    for place in places:
        _tell(ENCOUNTER_HOW, place, _("Did you meet %(names)s? Three taps tell how it was"))


def since_then(places: Iterable[EncounterPlace]) -> None:
    for place in places:
        _tell(ENCOUNTER_SINCE, place, _("A month ago you met %(names)s. And since?"))


def drawn(found: EncounterRound) -> None:
    hosts = Host.objects.current().filter(hub=found.hub).select_related("person")
    for host in hosts:
        with translation.override(host.person.language):
            title = str(_("The encounters of %(hub)s are drawn")) % {"hub": found.hub.name}
        notify(
            ROUND_DRAWN,
            to=host.person,
            title=title,
            path=f"{reverse('exchange:encounter_rounds')}?hub={found.hub.slug}",
            key=f"encounter_round_drawn:{found.pk}",
            round=str(found.pk),
        )


def others_of(place: EncounterPlace) -> list[Person]:
    """Whom the person of this place meets; those who said not this time are left out."""
    rows = EncounterPlace.objects.filter(encounter=place.encounter_id).exclude(pk=place.pk)
    staying = rows.exclude(told=Told.SKIPPED).select_related("person").order_by("person_id")
    return [other.person for other in staying]


def _names(people: list[Person], language: str) -> str:
    with translation.override(language):
        names = [person.given_name for person in people]
        return str(_(" and ")).join(names) or str(_("somebody"))


def _lines(place: EncounterPlace, language: str) -> list[dict[str, str]]:
    rows = EncounterCard.objects.filter(encounter=place.encounter_id, reader=place.person_id)
    with translation.override(language):
        return [
            {
                "name": card.other.name,
                "relevant": line(cards.relevant_line(card.facts, card.other.given_name)),
                "surprising": line(cards.surprising_line(card.facts, card.other.given_name)),
                "question": line(cards.question_line(card.facts)),
            }
            for card in rows.select_related("other").order_by("other_id")
        ]


def _tell(kind: Kind, place: EncounterPlace, title: Any, *, again: str = "", **words: str) -> None:
    assert place.encounter is not None
    to = place.person
    names = _names(others_of(place), to.language)
    with translation.override(to.language):
        said = str(title) % {"names": names, **words}
    notify(
        kind,
        to=to,
        title=said,
        path=reverse("exchange:encounter", args=[place.encounter_id]),
        key=f"{kind.code}:{place.pk}{again and ':'}{again}",
        place=str(place.pk),
    )
