"""How a line of Monday is said: whom, why now, what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.templatetags.presentation import day_words, minutes_words
from essaim.home.actions.monday import DOING
from essaim.home.monday import Kind, Matter
from essaim.home.monday_gestures import Gesture, offered


@dataclass(frozen=True)
class Sentence:
    kind: str
    thing_id: Any
    whom: str
    why: str
    url: str
    # Of the button that acts in place; without one, the link is the action.
    button: str = ""
    link: str = ""
    gestures: tuple["Offered", ...] = ()


@dataclass(frozen=True)
class Offered:
    """One more gesture: a page that asks something first, or a tap (`at_once`)."""

    label: str
    url: str
    at_once: bool = False


def sentence_of(matter: Matter) -> Sentence:
    whom, why, url, link = SAYING[matter.kind](matter)
    button = BUTTONS[matter.kind]() if matter.kind in DOING else ""
    return Sentence(matter.kind, matter.thing_id, whom, why, url, button, link, gestures_of(matter))


def gestures_of(matter: Matter) -> tuple[Offered, ...]:
    """Those of its kind; a need that is on the list of the Buzz is not put there twice."""
    wanted = offered(matter.kind)
    if matter.facts.get("bell"):
        wanted = tuple(one for one in wanted if one != Gesture.BUZZ)
    args = [matter.kind, matter.thing_id]
    return tuple(
        Offered(label(), reverse(f"home:monday_{name}", args=args), one == Gesture.BUZZ)
        for one in wanted
        for name, label in (GESTURES[one],)
    )


Said = tuple[str, str, str, str]


def _need(matter: Matter) -> Said:
    why = _("%(author)s waits since %(day)s, nobody has said yes, and no host looks after it.")
    words = {"author": matter.facts["author"], "day": day_words(matter.since)}
    url = reverse("exchange:host_need", args=[matter.thing_id])
    return matter.facts["title"], why % words + _bell(matter), url, _("Find somebody")


def _bell(matter: Matter) -> str:
    return " " + _("It is on the list of Friday’s Buzz.") if matter.facts.get("bell") else ""


def _looked_after(matter: Matter) -> Said:
    why = _("%(host)s looks after it; %(author)s waits since %(day)s.")
    words = {"host": matter.facts["host"], "author": matter.facts["author"]}
    url = reverse("exchange:host_need", args=[matter.thing_id])
    said = why % {**words, "day": day_words(matter.since)} + _bell(matter)
    return matter.facts["title"], said, url, _("See")


def _imported_need(matter: Matter) -> Said:
    why = _("%(author)s waits since %(day)s: it came in a spreadsheet, and nobody was asked yet.")
    words = {"author": matter.facts["author"], "day": day_words(matter.since)}
    url = reverse("exchange:need", args=[matter.thing_id])
    return matter.facts["title"], why % words, url, _("See, or close it")


def _dispute(matter: Matter) -> Said:
    why = _("%(giver)s and %(receiver)s do not agree on how long it took.")
    return matter.facts["title"], why % matter.facts, reverse("exchange:disputes"), _("Settle it")


def _newcomer(matter: Matter) -> Said:
    facts = matter.facts
    if not facts["lends"] and not facts["met"]:
        why = _("New since %(day)s: an empty toolbox card, and no help given or received yet.")
    elif not facts["lends"]:
        why = _("New since %(day)s, with an empty toolbox card.")
    else:
        why = _("New since %(day)s, and no help given or received yet.")
    words = {"day": day_words(facts["arrived_on"])}
    return facts["name"], why % words, _person(matter), _("See the card")


def _silent(matter: Matter) -> Said:
    count = matter.facts["unanswered"]
    why = ngettext(
        "Asked %(count)d time in a row without an answer.",
        "Asked %(count)d times in a row without an answer.",
        count,
    )
    return matter.facts["name"], why % {"count": count}, _person(matter), _("See the card")


def _unclaimed(matter: Matter) -> Said:
    why = _("%(giver)s helps %(receiver)s: agreed on %(day)s, and no news since.")
    words = {**matter.facts, "day": day_words(matter.since)}
    return matter.facts["title"], why % words, "", ""


def _invitation(matter: Matter) -> Said:
    why = _("Invited on %(day)s, and has not answered.") % {"day": day_words(matter.since)}
    return matter.facts["name"], why, reverse("hubs:invitations"), _("All invitations")


def _import(matter: Matter) -> Said:
    why = _("A spreadsheet is half way in since %(day)s.") % {"day": day_words(matter.since)}
    return matter.facts["name"], why, reverse("core:import", args=[matter.thing_id]), _("Go on")


def _promise(matter: Matter) -> Said:
    why = _("%(giver)s promised it to %(receiver)s at the Buzz, for %(day)s; no news since.")
    words = {**matter.facts, "day": day_words(matter.since)}
    return matter.facts["title"], why % words, "", ""


def _friday(matter: Matter) -> Said:
    count = matter.facts["count"]
    whom = ngettext(
        "%(count)d ask is prepared at %(hub)s",
        "%(count)d asks are prepared at %(hub)s",
        count,
    )
    why = _("Prepared %(day)s: look whom each need goes to, and send. Nothing leaves without you.")
    url = f"{reverse('exchange:friday')}?hub={matter.facts['slug']}"
    words = {"count": count, "hub": matter.facts["hub"]}
    return whom % words, why % {"day": day_words(matter.since)}, url, _("Look at them")


def _generous(matter: Matter) -> Said:
    """What is said to the host of somebody who is tired may not sound like a record."""
    facts = matter.facts
    why = ngettext(
        "Has given %(time)s in three months, in one go. A word, or a rest, before it weighs.",
        "Has given %(time)s in three months, %(helps)d times. A word, or a rest, before it weighs.",
        facts["helps"],
    )
    said = why % {"time": minutes_words(facts["minutes"]), "helps": facts["helps"]}
    if facts["share"]:
        few = _("A few members have given %(share)d %% of all the help of the hive.")
        said += " " + few % {"share": facts["share"]}
    return facts["name"], said, _person(matter), _("See the card")


def _isolated(matter: Matter) -> Said:
    why = _("No need told, no help given or received for 45 days.")
    return matter.facts["name"], why, _person(matter), _("See the card")


def _skills(matter: Matter) -> Said:
    count = matter.facts["count"]
    whom = ngettext("%(count)d proposed skill", "%(count)d proposed skills", count)
    why = _("Put away in the list, they find people better.")
    return whom % {"count": count}, why, reverse("home:proposals"), _("Put them away")


def _person(matter: Matter) -> str:
    return reverse("home:person", args=[matter.thing_id])


SAYING: dict[Kind, Callable[[Matter], Said]] = {
    Kind.NEED: _need,
    Kind.NEED_LOOKED_AFTER: _looked_after,
    Kind.NEED_IMPORTED: _imported_need,
    Kind.DISPUTE: _dispute,
    Kind.NEWCOMER: _newcomer,
    Kind.SILENT: _silent,
    Kind.UNCLAIMED: _unclaimed,
    Kind.PROMISE: _promise,
    Kind.FRIDAY: _friday,
    Kind.GENEROUS: _generous,
    Kind.INVITATION: _invitation,
    Kind.IMPORT: _import,
    Kind.ISOLATED: _isolated,
    Kind.SKILLS: _skills,
}
BUTTONS: dict[Kind, Callable[[], str]] = {
    Kind.NEED: lambda: _("I look after it"),
    Kind.NEED_IMPORTED: lambda: _("Ask three people"),
    Kind.UNCLAIMED: lambda: _("Ask both how it goes"),
    Kind.PROMISE: lambda: _("Ask both whether it is done"),
    Kind.NEWCOMER: lambda: _("Write a word of welcome"),
    Kind.ISOLATED: lambda: _("Ask for news"),
    Kind.SILENT: lambda: _("Offer a rest"),
    Kind.INVITATION: lambda: _("Send it again"),
}
# Name of the page, and words.
GESTURES: dict[Gesture, tuple[str, Callable[[], str]]] = {
    Gesture.CALL: ("call", lambda: _("Pick up the phone")),
    Gesture.INTRODUCE: ("introduce", lambda: _("Introduce")),
    Gesture.BUZZ: ("buzz", lambda: _("Say it at Friday’s Buzz")),
    Gesture.PAUSE: ("pause", lambda: _("A pause")),
    Gesture.THANK: ("thank", lambda: _("Thank")),
}
