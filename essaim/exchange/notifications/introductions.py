"""What the three people of an introduction are told, each as far as they have a part in it."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, notify, register
from essaim.core.writing import line
from essaim.exchange import introduction_links
from essaim.exchange.contact import contact_of
from essaim.exchange.models import Introduction, IntroductionState
from essaim.exchange.notifications.needs import said
from essaim.people.models import Person


def _facts_in(*states: str) -> Callable[[Notice], Facts | None]:
    """None once it is elsewhere: the letter has lost its object."""

    def fresh(notice: Notice) -> Facts | None:
        rows = Introduction.objects.select_related("need__hub", "asker", "introducer", "whom")
        found = rows.filter(pk=notice.facts["introduction"], state__in=states).first()
        if found is None:
            return None
        return {
            "introduction": found,
            "about": line(found.about),
            "said": line(found.need.text),
            "words": line(found.words),
            "answer": introduction_links.path_for(found, notice.recipient),
            **_reach(found, notice.recipient),
        }

    return fresh


def _reach(found: Introduction, reader: Person) -> Facts:
    """Addresses are read when the letter leaves, and kept in no notice."""
    others = {found.asker_id: found.whom, found.whom_id: found.asker}
    other = others.get(reader.pk) if found.state == IntroductionState.MADE else None
    return {"other": other, "contact": contact_of(other, reader) if other else None}


OFFERED = register(
    Kind(
        "introduction_offered",
        _("Somebody offers to introduce me"),
        Channel.NOW,
        facts=_facts_in(IntroductionState.OFFERED),
    )
)
ASKED = register(
    Kind(
        "introduction_asked",
        _("Somebody would like to introduce a person to me"),
        Channel.NOW,
        facts=_facts_in(IntroductionState.WELCOMED),
    )
)
TO_SEND = register(
    Kind(
        "introduction_to_send",
        _("An introduction that I offered waits for my words"),
        Channel.NOW,
        facts=_facts_in(IntroductionState.WELCOMED),
    )
)
MADE = register(
    Kind(
        "introduction_made",
        _("An introduction is made"),
        Channel.NOW,
        facts=_facts_in(IntroductionState.MADE),
    )
)
ENDED = register(
    Kind("introduction_ended", _("An introduction did not come about"), Channel.DIGEST)
)
SINCE = register(
    Kind(
        "introduction_since",
        _("What came of an introduction"),
        Channel.NOW,
        facts=_facts_in(IntroductionState.MADE),
    )
)


def offered(introduction: Introduction) -> None:
    title = _("%(name)s knows somebody: %(about)s")
    _tell(OFFERED, introduction, introduction.asker, title, name=introduction.introducer.given_name)


def asked(introduction: Introduction) -> None:
    assert introduction.whom is not None
    title = _("%(name)s would like to introduce %(asker)s to you")
    words = {"name": introduction.introducer.given_name, "asker": introduction.asker.name}
    _tell(ASKED, introduction, introduction.whom, title, **words)


def to_be_sent(introduction: Introduction) -> None:
    title = _("%(asker)s says yes: the words to send are ready (%(about)s)")
    to, asker = introduction.introducer, introduction.asker.given_name
    _tell(TO_SEND, introduction, to, title, asker=asker)


def made(introduction: Introduction) -> None:
    """To both, and to who introduced them unless it was their own gesture."""
    asker, whom = introduction.asker, introduction.whom
    if whom is None:
        title = _("%(name)s has written for you: %(about)s")
        _tell(MADE, introduction, asker, title, name=introduction.introducer.given_name)
        return
    for to, other in ((asker, whom), (whom, asker)):
        _tell(MADE, introduction, to, _("You may write to %(other)s now"), other=other.name)
    title = _("%(asker)s and %(whom)s are in touch, thanks to you")
    names = {"asker": asker.given_name, "whom": whom.given_name}
    _tell(MADE, introduction, introduction.introducer, title, **names)


def ended(introduction: Introduction, *, by: Person | None) -> None:
    """That somebody said no is told to nobody by name but to who introduced."""
    asker, introducer = introduction.asker, introduction.introducer
    not_made = _("The introduction did not come about this time: %(about)s")
    tellings: list[tuple[Person, Any]] = [(asker, not_made), (introducer, not_made)]
    if by is not None and by.pk == asker.pk:
        tellings = [(introducer, _("%(asker)s thanks you, and needs no introduction: %(about)s"))]
    elif by is not None and by.pk == introducer.pk:
        tellings = [(asker, not_made)]
    for to, title in tellings:
        _tell(ENDED, introduction, to, title, asker=asker.given_name)


def what_came(introduction: Introduction) -> None:
    _tell(SINCE, introduction, introduction.asker, _("Did something come of it? %(about)s"))


def _tell(kind: Kind, introduction: Introduction, to: Person, title: Any, **words: Any) -> None:
    notify(
        kind,
        to=to,
        title=said(to, title, about=introduction.about, **words),
        path=reverse("exchange:introduction", args=[introduction.pk]),
        key=f"{kind.code}:{introduction.pk}",
        introduction=str(introduction.pk),
    )
