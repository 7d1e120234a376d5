"""What authors and hosts are told while a need waits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, notify, register
from essaim.core.writing import line
from essaim.exchange import choice_links
from essaim.exchange.escalation import NETWORK_BOARD, PARTNER_DESK, waits_for_author
from essaim.exchange.models import Need, NeedAudience
from essaim.exchange.notifications.needs import said, tell_author
from essaim.hubs.rules import is_host
from essaim.people.models import Person

Sentence = str | Promise


def _open_need(notice: Notice) -> Facts | None:
    """None once the need is no longer open: the letter has lost its object."""
    open_needs = Need.objects.open().select_related("author", "hub")
    need = open_needs.filter(pk=notice.facts["need"]).first()
    return None if need is None else {"need": need, "said": line(need.text)}


def _choice_facts(notice: Notice) -> Facts | None:
    """None once the author answered: the letter has lost its object."""
    facts = _open_need(notice)
    if facts is None:
        return None
    need = facts["need"]
    if not waits_for_author(need, need.steps.all(), timezone.now()):
        return None
    hive_only = need.audience == NeedAudience.HUB
    return {**facts, "answer": choice_links.path_for(need), "hive_only": hive_only}


def _desk_facts(notice: Notice) -> Facts | None:
    """None once the author said yes."""
    facts = _open_need(notice)
    if facts is None or facts["need"].desk_consent_at is not None:
        return None
    return {**facts, "answer": choice_links.path_for(facts["need"]), "desk": notice.facts["desk"]}


HOST_CALLED = register(
    Kind(
        "host_called",
        _("A need of my hive waits for a host"),
        Channel.NOW,
        facts=_open_need,
        told_to=is_host,
    )
)
TIME_IS_OVER = register(
    Kind("time_is_over", _("The time of my need is over"), Channel.NOW, facts=_choice_facts)
)
NOBODY_TOOK = register(
    Kind("nobody_took", _("Nobody has taken my need yet"), Channel.NOW, facts=_choice_facts)
)
DESK_PROPOSED = register(
    Kind("desk_proposed", _("The desk of a partner could help me"), Channel.NOW, facts=_desk_facts)
)
HOST_WROTE = register(
    Kind("host_wrote", _("My host writes to me"), Channel.NOW, mutable=False, facts=_open_need)
)


MORE_ASKED = ngettext_lazy(
    "%(n)d more person is asked: %(title)s", "%(n)d more people are asked: %(title)s", "n"
)
NOBODY_ELSE = _("Nobody else could be asked just now: %(title)s")
HOSTS_LOOK = _("Nobody has said yes yet, so your host looks for someone: %(title)s")
HOSTS_LOOK_AT_ONCE = _("Nobody else could be asked, so your host looks for someone: %(title)s")
NETWORK_LOOKS = _("Your hive has no host now, so the network looks for someone: %(title)s")
NOBODY_LOOKS = _("Nobody has said yes yet; your need stays in sight of the hive: %(title)s")
REMINDED = _("Your host was reminded of your need: %(title)s")
STILL_WAITS = _("Your need still waits, and stays in sight of the hive: %(title)s")


def step_taken(need: Need, action: str, result: str, *, nobody_left: bool) -> None:
    """One line to the author for each step; none when nothing came of it for them to know."""
    sentence = _about_step(action, result, nobody_left=nobody_left)
    if sentence is not None:
        count = int(result) if result.isdigit() else 0
        tell_author(need, sentence, key=f"step:{action}", n=count)


def _about_step(action: str, result: str, *, nobody_left: bool) -> Sentence | None:
    if action in (PARTNER_DESK, NETWORK_BOARD):
        return None  # told in letters of their own
    known: dict[tuple[str, str], Sentence | None] = {
        # The next step follows at once and says so in the same breath.
        ("second_wave", "nobody"): None,
        ("host_queue", "hosts"): HOSTS_LOOK_AT_ONCE if nobody_left else HOSTS_LOOK,
        ("host_queue", "directors"): NETWORK_LOOKS,
        ("host_queue", "nobody"): NOBODY_ELSE if nobody_left else NOBODY_LOOKS,
        ("host_reminder", "acknowledged"): None,
        ("host_reminder", "nobody"): STILL_WAITS,
    }
    others: dict[str, Sentence] = {"second_wave": MORE_ASKED, "host_reminder": REMINDED}
    return known[action, result] if (action, result) in known else others[action]


def host_called(need: Need, people: Iterable[Person], *, again: datetime | None = None) -> None:
    title = _("%(author)s is waiting for an answer: %(title)s")
    _tell_hosts(
        need, people, title, key=f"host_queue:{again:%Y%m%d%H%M}" if again else "host_queue"
    )


def host_reminded(need: Need, people: Iterable[Person]) -> None:
    title = _("%(author)s is still waiting, and nobody looks after it: %(title)s")
    _tell_hosts(need, people, title, key="host_reminder")


def _tell_hosts(need: Need, people: Iterable[Person], title: Sentence, *, key: str) -> None:
    for person in people:
        notify(
            HOST_CALLED,
            to=person,
            title=said(person, title, author=need.author.given_name, title=need.title),
            path=reverse("exchange:host_need", args=[need.pk]),
            key=f"{key}:{need.pk}",
            need=str(need.pk),
        )


def time_is_over(need: Need, number: int) -> None:
    title = _("Keep it, say it otherwise or close it? %(title)s")
    _ask_author(TIME_IS_OVER, need, title, key=f"time_is_over:{need.pk}:{number}")


def at_desk(need: Need, desk: str) -> None:
    title = _("%(desk)s looks for someone for you: %(title)s")
    tell_author(need, title, key="at_desk", desk=desk)


def desk_proposed(need: Need, desk: str) -> None:
    title = _("May %(desk)s read your need, and look for someone? %(title)s")
    _ask_author(DESK_PROPOSED, need, title, key=f"desk_proposed:{need.pk}", desk=desk)


def nobody_took(need: Need, *, hive_only: bool) -> None:
    title = (
        _("Nobody in your hive could take it. May the whole network read it? %(title)s")
        if hive_only
        else _("The whole network sees now that your need waits: %(title)s")
    )
    _ask_author(NOBODY_TOOK, need, title, key=f"nobody_took:{need.pk}")


def _ask_author(kind: Kind, need: Need, title: Sentence, *, key: str, **words: Any) -> None:
    notify(
        kind,
        to=need.author,
        title=said(need.author, title, title=need.title, **words),
        path=reverse("exchange:need_over", args=[need.pk]),
        key=key,
        need=str(need.pk),
        **words,
    )


HOST_DID: dict[str, Sentence] = {
    "acknowledged": _("%(host)s looks after your need: %(title)s"),
    "phoned": _("%(host)s made a call for your need: %(title)s"),
    "told": _("%(host)s asks people by name for you: %(title)s"),
    "off_friday_bell": _("%(host)s will not say your need at the Buzz after all: %(title)s"),
    "friday_bell": _("%(host)s will say your need at Friday’s Buzz: %(title)s"),
}
HOST_ASKED = _("%(host)s asks %(name)s for you: %(title)s")


def host_did(need: Need, action: str, host: Person) -> None:
    tell_author(need, HOST_DID[action], key=f"host:{action}", host=host.given_name)


def host_asked(need: Need, helper: Person, host: Person) -> None:
    key = f"host_asked:{helper.pk}"
    tell_author(need, HOST_ASKED, key=key, host=host.given_name, name=helper.given_name)


def host_wrote(need: Need, words: str, host: Person) -> None:
    now = timezone.now()
    notify(
        HOST_WROTE,
        to=need.author,
        title=said(
            need.author,
            _("%(host)s writes to you about: %(title)s"),
            host=host.given_name,
            title=need.title,
        ),
        path=reverse("exchange:need", args=[need.pk]),
        key=f"host_wrote:{need.pk}:{now:%Y%m%d%H%M%S}",
        need=str(need.pk),
        words=words,
        host=host.name,
    )
