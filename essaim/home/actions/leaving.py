"""To leave the network, and to be forgotten by it."""

from functools import partial
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from essaim.core import addresses, erasures, journal, mail_files, personal_data
from essaim.core.imports import forgetting
from essaim.core.models import Notice, OutboxRow
from essaim.core.refusals import NotAllowed
from essaim.exchange.actions import leaving as exchange
from essaim.exchange.models import HelpExchange
from essaim.home import traces
from essaim.hubs.actions import residencies
from essaim.people.actions import roles, ventures
from essaim.people.freshness import touch
from essaim.people.models import PERSON, Person
from essaim.people.rules import runs_network


@transaction.atomic
def leave_network(*, person: Person, by: Person) -> None:
    """The person is no longer found nor asked; what they gave stays under their name."""
    if by.pk != person.pk and not runs_network(by):
        raise NotAllowed
    PERSON.fire(person, "leave")
    _end_everything(person)
    journal.record("person.leave", person, by=by)


@transaction.atomic
def erase_person(*, person: Person, by: Person) -> None:
    """Nothing that names the person stays; help given and received still adds up without a name."""
    if by.pk != person.pk and not runs_network(by):
        raise NotAllowed
    PERSON.fire(person, "erase")
    journal.record("person.erase", person, by=by)
    _end_everything(person)
    # Before the words are emptied: they are looked for.
    words = traces.words_of(person)
    _forget_in_notices_of_others(person)
    _forget_errands(person)
    forgetting.forget(person, traces.addresses_of(person))
    exchange.unquote_needs(author=person)
    _read_helpers_again(person)
    personal_data.erase(person)
    _close_account(person)
    _replace_address(person)
    transaction.on_commit(partial(_forget_outside, person.pk, words))


def _forget_outside(person_id: UUID, words: set[str]) -> None:
    """What no transaction can take back, once it is sure."""
    erasures.note(person_id)
    mail_files.forget(words)


def _end_everything(person: Person) -> None:
    roles.end_everything(person=person)
    exchange.end_everything(person=person)
    ventures.end_everything(person=person)
    residencies.end_everything(person=person)
    _close_sessions(person)
    touch([person.pk])


def _close_sessions(person: Person) -> None:
    sessions = UserSession.objects.filter(user=person)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()


def _close_account(person: Person) -> None:
    for model in (EmailAddress, Authenticator, SocialAccount):
        model.objects.filter(user=person).delete()


def _replace_address(person: Person) -> None:
    """Unique, and of a domain that never receives mail (RFC 2606)."""
    person.refresh_from_db()
    person.email = f"{person.pk}@erased.invalid"
    person.set_unusable_password()
    person.save(update_fields=["email", "password"])


def _forget_in_notices_of_others(person: Person) -> None:
    """A notice tells its reader who asked or answered: those about this person's doings go."""
    for pk in traces.ids_of(person):
        Notice.objects.filter(Q(path__contains=pk) | Q(key__contains=pk)).delete()
    if full := traces.full_name_of(person):
        named = Q(title__icontains=full) | Q(facts__name=full) | Q(facts__host=full)
        Notice.objects.filter(named).delete()


def _forget_errands(person: Person) -> None:
    """Log-in mails that could not leave hold an address; so may the reason why."""
    for address in traces.addresses_of(person):
        OutboxRow.objects.filter(payload__to__iexact=address).delete()
        _errands_naming(address, "payload__text").delete()
        _errands_naming(address, "error").update(error="")
    if full := traces.full_name_of(person):
        OutboxRow.objects.filter(error__icontains=full).update(error="")


def _errands_naming(address: str, field: str) -> QuerySet[OutboxRow]:
    """The database finds the letters; that they are the whole address is looked at here."""
    rows = OutboxRow.objects.filter(**{f"{field}__icontains": address}).values_list("pk", field)
    return OutboxRow.objects.filter(
        pk__in=[pk for pk, text in rows if addresses.stands_in(address, text)]
    )


def _read_helpers_again(person: Person) -> None:
    """Matching quotes the titles of needs that its people met: those of this person go too."""
    helped = HelpExchange.objects.filter(need__author=person)
    touch(helped.values_list("giver_id", flat=True))
