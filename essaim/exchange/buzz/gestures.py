"""Everything that a screen of a Buzz may send, each by its word in the address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from essaim.exchange.actions import buzz as meeting
from essaim.exchange.actions import buzz_hands as hands
from essaim.exchange.actions import buzz_words as words
from essaim.exchange.buzz import forms
from essaim.exchange.models import Buzz
from essaim.people.models import Person

Values = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A gesture: how what was sent is read, what it does, and what is answered."""

    form: Callable[..., Any]
    do: Callable[[Buzz, Person, Any], None]
    said: str = ""


def _plain(data: Any, *, buzz: Buzz) -> forms.Gesture:
    return forms.Gesture(data)


def _ring(buzz: Buzz, by: Person, form: Any) -> None:
    meeting.ring_bell(buzz=buzz, by=by, key=form.cleaned_data["key"])


def _join(buzz: Buzz, by: Person, form: Any) -> None:
    meeting.join_buzz(buzz=buzz, by=by, **form.cleaned_data)


def _give(buzz: Buzz, by: Person, form: Any) -> None:
    meeting.give_turn(buzz=buzz, by=by, **form.cleaned_data)


def _skip(buzz: Buzz, by: Person, form: Any) -> None:
    meeting.skip_turn(by=by, **form.cleaned_data)


def _scribe(buzz: Buzz, by: Person, form: Any) -> None:
    meeting.name_scribe(buzz=buzz, by=by, **form.cleaned_data)


def _type(buzz: Buzz, by: Person, form: Any) -> None:
    values = form.cleaned_data
    turn = values["turn"]
    words.type_need(turn=turn, text=values["text"], version=values["version"], by=by)
    if values["look"] or values["further"] or "version" not in form.data:
        turn.refresh_from_db(fields=["need"])
        words.show_helpers(turn=turn, by=by, further=values["further"] or not values["look"])


def _consent(buzz: Buzz, by: Person, form: Any) -> None:
    values = form.cleaned_data
    words.give_consent(
        turn=values["turn"],
        consent=values["consent"],
        audience=form.audience,
        by=by,
        key=values["key"],
    )


def _raise(buzz: Buzz, by: Person, form: Any) -> None:
    hands.raise_hand(by=by, **form.cleaned_data)


def _lower(buzz: Buzz, by: Person, form: Any) -> None:
    hands.lower_hand(by=by, **form.cleaned_data)


def _promise(buzz: Buzz, by: Person, form: Any) -> None:
    values = form.cleaned_data
    hands.make_promise(
        buzz=buzz,
        giver=values["person"],
        receiver=values["receiver"],
        text=values["text"],
        by=by,
        key=values["key"],
    )


def _note(buzz: Buzz, by: Person, form: Any) -> None:
    words.note(buzz=buzz, by=by, **form.cleaned_data)


def _relay(buzz: Buzz, by: Person, form: Any) -> None:
    hands.relay_need(by=by, **form.cleaned_data)


def _close(buzz: Buzz, by: Person, form: Any) -> None:
    meeting.close_buzz(buzz=buzz, by=by, key=form.cleaned_data["key"])


GESTURES = {
    "cloche": Kind(_plain, _ring, gettext_noop("The bell rings.")),
    "presence": Kind(forms.Presence, _join, gettext_noop("Noted: in the room.")),
    "parole": Kind(forms.Floor, _give),
    "passer": Kind(forms.TurnGesture, _skip, gettext_noop("Noted: passes this time.")),
    "plume": Kind(forms.Presence, _scribe, gettext_noop("Noted.")),
    "taper": Kind(forms.Typed, _type),
    "accord": Kind(forms.Agreement, _consent, gettext_noop("Noted.")),
    "main": Kind(forms.Hand, _raise, gettext_noop("Hand up. Thank you.")),
    "baisser": Kind(forms.Hand, _lower, gettext_noop("Hand lowered.")),
    "promesse": Kind(forms.Promised, _promise, gettext_noop("Promised. Essaim keeps it in mind.")),
    "note": Kind(forms.Noted, _note, gettext_noop("Noted.")),
    "relais": Kind(forms.TurnGesture, _relay, gettext_noop("Told in the other hives.")),
    "fin": Kind(_plain, _close, gettext_noop("The Buzz is over. The minutes are on their way.")),
}


def said_after(kind: Kind) -> str:
    return _(kind.said) if kind.said else ""
