"""What each of the people of an introduction sees of it, and the words to send outside."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from essaim.core.templatetags.presentation import day_words
from essaim.exchange.actions.introductions import OUTCOMES
from essaim.exchange.contact import contact_of
from essaim.exchange.models import Introduction, IntroductionState, Outcome
from essaim.people.models import Person

S = IntroductionState
KINDS = {S.OFFERED: "wait", S.WELCOMED: "wait", S.MADE: "good"}


def introduction_page(introduction: Introduction, reader: Person) -> dict[str, Any]:
    part = part_of(introduction, reader.pk)
    waits = waits_for(introduction)
    other = _other(introduction, reader)
    sends = part == "introducer" and waits == "introducer"
    return {
        "introduction": introduction,
        "need": introduction.need,
        "part": part,
        "waits": waits,
        "mine": part == waits,
        "whom": introduction.whom if shows_whom(introduction, part) else None,
        "outside": introduction.whom_id is None,
        "other": other,
        "contact": contact_of(other, reader) if other else None,
        "letter": letter_for(introduction) if sends else "",
        "mailto": _mailto(introduction) if sends else "",
        "story": story(introduction, part),
        "kind": KINDS.get(S(introduction.state), ""),
        "outcomes": [(code, Outcome(code).label) for code in OUTCOMES],
        "may_withdraw": part == "introducer" and waits in ("asker", "whom"),
    }


def part_of(introduction: Introduction, person_id: UUID) -> str:
    if person_id == introduction.asker_id:
        return "asker"
    return "introducer" if person_id == introduction.introducer_id else "whom"


def waits_for(introduction: Introduction) -> str:
    """Whose word is next; empty when nobody's is."""
    if introduction.state == S.OFFERED:
        return "asker"
    if introduction.state == S.WELCOMED:
        return "whom" if introduction.whom_id else "introducer"
    return ""


def shows_whom(introduction: Introduction, part: str) -> bool:
    """The asker learns who it is with the yes: a no is then nobody's."""
    return part != "asker" or introduction.state == S.MADE


def _other(introduction: Introduction, reader: Person) -> Person | None:
    if introduction.state != S.MADE or introduction.whom is None:
        return None
    pair = {introduction.asker_id: introduction.whom, introduction.whom_id: introduction.asker}
    return pair.get(reader.pk)


def letter_for(introduction: Introduction) -> str:
    """What the introducer sends from their own mailbox, with the address that the asker agreed to
    give."""
    asker, need = introduction.asker, introduction.need
    words = {"name": asker.name, "hub": need.hub.name, "words": need.text, "to": asker.email}
    with translation.override(introduction.introducer.language):
        lines = [
            _("Hello,"),
            _("I would like to introduce %(name)s to you, of %(hub)s, who writes:") % words,
            _("“%(words)s”") % words,
            _("I believe that you would gain from speaking to each other.") % words,
            _("To reach %(name)s: %(to)s") % words,
            introduction.introducer.name,
        ]
    return "\n\n".join(lines)


def _mailto(introduction: Introduction) -> str:
    with translation.override(introduction.introducer.language):
        subject = _("%(name)s would like to meet you") % {"name": introduction.asker.name}
    return f"mailto:?subject={quote(subject)}&body={quote(letter_for(introduction))}"


def story(introduction: Introduction, part: str) -> list[dict[str, Any]]:
    names = {
        "asker": introduction.asker.given_name,
        "introducer": introduction.introducer.given_name,
        "whom": introduction.whom.given_name if introduction.whom else "",
    }
    told: list[tuple[datetime | None, str]] = [
        (introduction.offered_at, _("%(introducer)s offers to introduce %(asker)s") % names),
        (introduction.welcomed_at, _("%(asker)s says yes") % names),
        (introduction.made_at, _made(introduction, names)),
        (introduction.outcome_at, str(introduction.get_outcome_display())),
    ]
    return [{"when": day_words(at), "at": at, "text": text, "url": ""} for at, text in told if at]


def _made(introduction: Introduction, names: dict[str, str]) -> str:
    if introduction.whom_id is None:
        return _("%(introducer)s has written to them") % names
    return _("%(whom)s says yes, and both see how to reach each other") % names


def listed(rows: list[Introduction], reader_id: UUID) -> list[dict[str, Any]]:
    found = []
    for row in rows:
        part = part_of(row, reader_id)
        found.append(
            {
                "sentence": _SENTENCES[part](row),
                "about": row.about,
                "url": reverse("exchange:introduction", args=[row.pk]),
                "status": row.get_state_display(),
                "kind": KINDS.get(S(row.state), ""),
                "mine": waits_for(row) == part,
                "day": day_words(row.offered_at),
            }
        )
    return found


def _for_asker(row: Introduction) -> str:
    return _("%(name)s offers to introduce you") % {"name": row.introducer.given_name}


def _for_introducer(row: Introduction) -> str:
    return _("You offer to introduce %(name)s") % {"name": row.asker.given_name}


def _for_whom(row: Introduction) -> str:
    words = {"name": row.introducer.given_name, "asker": row.asker.given_name}
    return _("%(name)s would like you to meet %(asker)s") % words


_SENTENCES = {"asker": _for_asker, "introducer": _for_introducer, "whom": _for_whom}
