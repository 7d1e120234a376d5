"""What people are told about the Buzz: its minutes, a draft that waits for a word, a promise."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, notify, register
from essaim.core.writing import line
from essaim.exchange.buzz.minutes import minutes_of
from essaim.exchange.models import Buzz, BuzzPromise, BuzzTurn, NeedState, PromiseState
from essaim.exchange.notifications.needs import said
from essaim.people.models import Person


def _minutes_facts(notice: Notice) -> Facts | None:
    buzz = Buzz.objects.select_related("hub").filter(pk=notice.facts["buzz"]).first()
    return None if buzz is None else {"buzz": buzz, "minutes": minutes_of(buzz)}


def _kept_facts(notice: Notice) -> Facts | None:
    """None once the author has published it, or thrown it away."""
    turns = BuzzTurn.objects.select_related("need", "buzz__hub")
    turn = turns.filter(pk=notice.facts["turn"], need__state=NeedState.DRAFT).first()
    if turn is None or turn.need is None:
        return None
    hands = turn.hands.exclude(state="lowered").select_related("person").order_by("raised_at")
    names = [hand.person.given_name for hand in hands]
    return {"buzz": turn.buzz, "words": line(turn.need.text), "names": ", ".join(names)}


def _promise_facts(notice: Notice) -> Facts | None:
    found = BuzzPromise.objects.select_related("receiver", "buzz__hub")
    promise = found.filter(pk=notice.facts["promise"], state=PromiseState.MADE).first()
    return None if promise is None else {"promise": promise, "words": line(promise.text)}


BUZZ_MINUTES = register(
    Kind("buzz_minutes", _("The minutes of the Buzz I was at"), Channel.NOW, facts=_minutes_facts)
)
BUZZ_NEED_KEPT = register(
    Kind(
        "buzz_need_kept",
        _("A need that I said at the Buzz waits for my word"),
        Channel.NOW,
        facts=_kept_facts,
    )
)
PROMISE_REMINDER = register(
    Kind("promise_reminder", _("A promise that I made"), Channel.NOW, facts=_promise_facts)
)


def minutes(buzz: Buzz, person: Person) -> None:
    notify(
        BUZZ_MINUTES,
        to=person,
        title=said(person, _("The minutes of the Buzz of %(hub)s"), hub=buzz.hub.name),
        path=reverse("exchange:buzz_minutes", args=[buzz.pk]),
        key=f"buzz_minutes:{buzz.pk}",
        buzz=str(buzz.pk),
    )


def need_kept(turn: BuzzTurn) -> None:
    assert turn.need is not None
    title = _("Your need said at the Buzz is a draft: publish it?")
    notify(
        BUZZ_NEED_KEPT,
        to=turn.person,
        title=said(turn.person, title),
        path=reverse("exchange:need_preview", args=[turn.need.pk]),
        key=f"buzz_need_kept:{turn.pk}",
        turn=str(turn.pk),
    )


def promise_reminder(promise: BuzzPromise) -> None:
    title = _("You promised %(name)s: %(text)s")
    giver = promise.giver
    notify(
        PROMISE_REMINDER,
        to=giver,
        title=said(giver, title, name=promise.receiver.given_name, text=promise.text),
        path=reverse("exchange:promises"),
        key=f"promise_reminder:{promise.pk}",
        promise=str(promise.pk),
    )
