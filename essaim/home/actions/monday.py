"""What a host does from the list of Mondays by one tap; what is done folds away and comes back."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.core.states import Overtaken
from essaim.core.writing import line
from essaim.exchange.actions.hosting import acknowledge_need, tell_imported_need
from essaim.exchange.models import BuzzPromise, HelpExchange, HelpState, Need, PromiseState
from essaim.home import notifications as telling
from essaim.home.models import MondayDone, NotNow
from essaim.home.monday import Kind
from essaim.hubs.actions.invitations import resend_invitation
from essaim.hubs.models import Invitation
from essaim.hubs.rules import hosts_hub, hosts_person
from essaim.people.models import Person, PersonSkill

FOLDED = timedelta(days=7)
WORDS = 200
NEEDS = (Kind.NEED, Kind.NEED_LOOKED_AFTER)


class Gone(Refusal):
    message = Overtaken.message


def set_aside(
    *, by: Person, kind: Kind, thing_id: UUID, until: date, why: str = "", words: str = ""
) -> None:
    """« Not now »: only for the host who says so; other hosts still see the line."""
    values = {
        "until_on": until,
        "why": why if why in NotNow.values else "",
        "words": line(words)[:WORDS],
        "set_at": timezone.now(),
    }
    MondayDone.objects.update_or_create(person=by, kind=kind, thing_id=thing_id, defaults=values)


def fold(*, by: Person, kind: Kind, thing_id: UUID, days: int = FOLDED.days) -> None:
    """What was done rests so many days: also under the name that the gesture gave it, for a need
    that a host took up is another kind of line."""
    until = timezone.localdate() + timedelta(days=days)
    for one in _names_of(kind):
        set_aside(by=by, kind=one, thing_id=thing_id, until=until)


def _names_of(kind: Kind) -> tuple[Kind, ...]:
    return NEEDS if kind in NEEDS else (kind,)


def is_set_aside(*, by: Person, kind: Kind, thing_id: UUID) -> bool:
    return MondayDone.objects.filter(person=by, kind=kind, thing_id=thing_id).exists()


def unfold(*, by: Person, kind: Kind, thing_id: UUID) -> None:
    MondayDone.objects.filter(person=by, kind__in=_names_of(kind), thing_id=thing_id).delete()


@transaction.atomic
def act(*, kind: Kind, thing_id: UUID, by: Person) -> None:
    """The button of the line, then the line folds away for a week."""
    DOING[kind](thing_id, by)
    fold(by=by, kind=kind, thing_id=thing_id)


def _look_after(thing_id: UUID, by: Person) -> None:
    need = Need.objects.filter(pk=thing_id).first()
    if need is None:
        raise Gone
    acknowledge_need(need=need, by=by)


def _tell(thing_id: UUID, by: Person) -> None:
    need = Need.objects.select_related("hub", "author").filter(pk=thing_id).first()
    if need is None:
        raise Gone
    tell_imported_need(need=need, by=by)


def _ask_how_it_goes(thing_id: UUID, by: Person) -> None:
    exchange = HelpExchange.objects.select_related("giver", "receiver").filter(pk=thing_id).first()
    if exchange is None or exchange.state != HelpState.AGREED:
        raise Gone
    if not hosts_hub(by, exchange.hub_id):
        raise NotAllowed
    journal.record("host.ask_how_it_goes", exchange, by=by, hub_id=exchange.hub_id)
    telling.how_does_it_go(exchange, by)


def _ask_about_promise(thing_id: UUID, by: Person) -> None:
    rows = BuzzPromise.objects.select_related("giver", "receiver", "buzz")
    promise = rows.filter(pk=thing_id, state=PromiseState.BROKEN, settled_by=None).first()
    if promise is None:
        raise Gone
    if not hosts_hub(by, promise.buzz.hub_id):
        raise NotAllowed
    journal.record("host.ask_about_promise", promise, by=by, hub_id=promise.buzz.hub_id)
    telling.is_it_kept(promise, by)


def _welcome(thing_id: UUID, by: Person) -> None:
    """The card first; whoever filled it is brought among the others."""
    lends = PersonSkill.objects.lent().filter(person=thing_id).exists()
    _write(thing_id, "meet" if lends else "welcome", by)


def _ask_for_news(thing_id: UUID, by: Person) -> None:
    _write(thing_id, "news", by)


def _offer_rest(thing_id: UUID, by: Person) -> None:
    _write(thing_id, "rest", by)


def _write(thing_id: UUID, word: str, by: Person) -> None:
    person = Person.objects.present().filter(pk=thing_id).first()
    if person is None:
        raise Gone
    if not hosts_person(by, person):
        raise NotAllowed
    journal.record(f"host.{word}", person, by=by)
    telling.nudged(person, word, by)


def _send_again(thing_id: UUID, by: Person) -> None:
    invitation = Invitation.objects.select_related("person", "hub").filter(pk=thing_id).first()
    if invitation is None:
        raise Gone
    resend_invitation(invitation=invitation, by=by)


# The other kinds need more than one tap: their line leads to the page where it is done.
DOING: dict[Kind, Callable[[UUID, Person], None]] = {
    Kind.NEED: _look_after,
    Kind.NEED_IMPORTED: _tell,
    Kind.UNCLAIMED: _ask_how_it_goes,
    Kind.PROMISE: _ask_about_promise,
    Kind.NEWCOMER: _welcome,
    Kind.ISOLATED: _ask_for_news,
    Kind.SILENT: _offer_rest,
    Kind.INVITATION: _send_again,
}
