"""What is sent to a Buzz: each gesture with its fields, and the key that its client made."""

from datetime import datetime
from typing import Any
from uuid import uuid5
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from essaim.core.writing import line
from essaim.exchange.actions.buzz_hands import LONGEST_PROMISE
from essaim.exchange.actions.buzz_words import LONGEST, LONGEST_NOTE
from essaim.exchange.models import Buzz, BuzzRelay, BuzzTurn, Consent, NeedAudience, NoteKind
from essaim.hubs.models import Hub
from essaim.people.models import Person

CONSENTS = [(c, label) for c, label in Consent.choices if c]


class Gesture(forms.Form):
    """Whatever else it says, a gesture has a key: sent twice, it is done once."""

    key = forms.UUIDField(required=False)

    def make_own(self, verb: str) -> None:
        """The key of this very gesture: without scripts all the forms of a page share one key."""
        if key := self.cleaned_data["key"]:
            said = [
                (name, self.data.get(name, "")) for name in sorted(self.fields) if name != "key"
            ]
            self.cleaned_data["key"] = uuid5(key, repr((verb, said)))


class TurnGesture(Gesture):
    """About a turn of this Buzz, or of another one that was relayed here."""

    turn = forms.ModelChoiceField(
        BuzzTurn.objects.select_related("buzz__hub", "person", "need"), required=True
    )

    def __init__(self, *args: Any, buzz: Buzz, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.buzz = buzz

    def clean_turn(self) -> BuzzTurn:
        turn: BuzzTurn = self.cleaned_data["turn"]
        here = turn.buzz_id == self.buzz.pk
        if not here and not BuzzRelay.objects.filter(turn=turn, to=self.buzz).exists():
            raise forms.ValidationError(_("This turn is not of this Buzz."))
        return turn


class Presence(Gesture):
    person = forms.ModelChoiceField(Person.objects.none(), required=False)

    def __init__(self, *args: Any, buzz: Buzz, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.present()  # type: ignore[attr-defined]


class Floor(Gesture):
    after = forms.UUIDField(required=False)
    turn = forms.ModelChoiceField(BuzzTurn.objects.none(), required=False)

    def __init__(self, *args: Any, buzz: Buzz, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = BuzzTurn.objects.select_related("buzz__hub", "person")
        self.fields["turn"].queryset = rows.filter(buzz=buzz)  # type: ignore[attr-defined]


class Typed(TurnGesture):
    text = forms.CharField(required=False, max_length=LONGEST * 2)
    # Milliseconds of the typist's clock; a page without scripts has none.
    version = forms.IntegerField(required=False, min_value=1, max_value=10**14)
    # Who can help is looked for now and then, not for every letter; further when the typist pauses.
    look = forms.BooleanField(required=False)
    further = forms.BooleanField(required=False)

    def clean_version(self) -> int:
        return self.cleaned_data["version"] or int(timezone.now().timestamp() * 1000)


class Agreement(TurnGesture):
    consent = forms.ChoiceField(choices=CONSENTS)
    hub_only = forms.BooleanField(required=False)

    @property
    def audience(self) -> str:
        return NeedAudience.HUB if self.cleaned_data["hub_only"] else NeedAudience.NETWORK


class Hand(TurnGesture):
    person = forms.ModelChoiceField(Person.objects.none(), required=False)

    def __init__(self, *args: Any, buzz: Buzz, **kwargs: Any) -> None:
        super().__init__(*args, buzz=buzz, **kwargs)
        there = Person.objects.filter(pk__in=buzz.presences.values("person"))
        self.fields["person"].queryset = there  # type: ignore[attr-defined]


class Promised(Presence):
    """`person` promises (oneself when not given) something to `receiver`."""

    receiver = forms.ModelChoiceField(Person.objects.none())
    text = forms.CharField(required=False, max_length=LONGEST_PROMISE)

    def __init__(self, *args: Any, buzz: Buzz, **kwargs: Any) -> None:
        super().__init__(*args, buzz=buzz, **kwargs)
        there = Person.objects.filter(pk__in=buzz.presences.values("person"))
        self.fields["receiver"].queryset = there  # type: ignore[attr-defined]


class Noted(Presence):
    kind = forms.ChoiceField(choices=NoteKind.choices)
    text = forms.CharField(required=False, max_length=LONGEST_NOTE)

    def clean_text(self) -> str:
        return line(self.cleaned_data["text"])


class PlanForm(forms.Form):
    """On the clock of the hive, whichever the server's is."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(
        label=pgettext_lazy("clock", "Time"), widget=forms.TimeInput(attrs={"type": "time"})
    )

    def starts_at(self, hub: Hub) -> datetime:
        zone = ZoneInfo(hub.time_zone)
        day, time = self.cleaned_data["day"], self.cleaned_data["time"]
        return datetime.combine(day, time, tzinfo=zone)
