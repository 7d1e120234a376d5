"""A person about whom every model holds something: the tests of export and erasure."""

import datetime
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.utils import timezone

from essaim.core import journal
from essaim.core.models import Document, ImportLine, ImportRun, Notice, NoticePreference
from essaim.exchange.models import (
    Account,
    AccountKind,
    AvoidPair,
    Buzz,
    BuzzEvent,
    BuzzGesture,
    BuzzHand,
    BuzzNote,
    BuzzPresence,
    BuzzPromise,
    BuzzRelay,
    BuzzTurn,
    EncounterCard,
    EncounterGuest,
    EscalationStep,
    FridayBatch,
    FridayProposal,
    HelpState,
    Introduction,
    NeedShown,
    Pause,
    Pledge,
    Silence,
    SilenceCause,
    Thanks,
    Transfer,
    TransferKind,
)
from essaim.home.models import MondayDone
from essaim.hubs.models import Host, Hub, Invitation
from essaim.people.actions.skills import propose_skill
from essaim.people.models import NetworkRole, Person, Role, SkillChange, SkillChangeVerb
from tests.exchange.meeting import make_encounter
from tests.factories import (
    lend,
    make_ask,
    make_exchange,
    make_hub,
    make_need,
    make_person,
    make_residency,
    make_skill,
    make_venture,
)

NAME, FAMILY, EMAIL, PHONE = "Ysaline", "Quatrevingts", "ysaline@quatrevingts.example", "0699887766"


def make_whole_person() -> Person:
    person = make_person(
        NAME, family_name=FAMILY, email=EMAIL, phone=PHONE, about=f"Je suis {NAME}."
    )
    hub, other = make_hub(), make_person("Autre", family_name="Personne")
    _fill_people(person)
    _fill_core(person, other)
    _fill_hubs(person, hub)
    _fill_exchange(person, other, hub)
    _fill_buzz(person, other, hub)
    _fill_account(person)
    return person


def _fill_people(person: Person) -> None:
    make_venture("Les Bocaux", person)
    lend(person, make_skill(), f"{NAME} l’a fait dix ans")
    propose_skill(label="Tenir une buvette", by=person)
    NetworkRole.objects.create(person=person, role=Role.DIRECTOR)
    SkillChange.objects.create(skill=make_skill(), verb=SkillChangeVerb.PLACE, by=person)


def _fill_core(person: Person, other: Person) -> None:
    journal.record("test", person, by=person)
    Notice.objects.create(recipient=person, code="x", key="mine", title=f"Bonjour {NAME}")
    Notice.objects.create(
        recipient=other, code="x", key="theirs", title=f"{NAME} {FAMILY} te remercie"
    )
    NoticePreference.objects.create(person=person, code="x", channel="now")
    document = Document(
        purpose="x", owner=person, name=f"CV {NAME}.pdf", content_type="text/csv", size=3
    )
    document.file.save("", ContentFile(b"abc"), save=False)
    document.save()
    run = ImportRun.objects.create(kind="people", owner=person, name="people.csv")
    ImportLine.objects.create(
        run=run, number=1, cells=[NAME, FAMILY, EMAIL], values={"phone": PHONE}, about=person
    )
    MondayDone.objects.create(
        person=person,
        kind="need",
        thing_id=person.pk,
        until_on=timezone.localdate(),
        words=f"{NAME} rappellera",
    )


def _fill_hubs(person: Person, hub: Hub) -> None:
    make_residency(person, hub, plan="Résident")
    Host.objects.create(person=person, hub=hub)
    Invitation.objects.create(
        person=person,
        hub=hub,
        message=f"Bienvenue {NAME}",
        expires_at=timezone.now() + timedelta(days=30),
    )


def _fill_exchange(person: Person, other: Person, hub: Hub) -> None:
    Pledge.objects.create(person=person)
    Pause.objects.create(person=person, reason=f"{NAME} souffle")
    Silence.objects.create(person=person, cause=SilenceCause.UNANSWERED)
    AvoidPair.objects.create(person=person, other=other)
    need = make_need(person, hub, title=f"Aider {NAME}", text=f"{NAME} cherche. Tél. {PHONE}")
    NeedShown.objects.create(need=make_need(other, hub), reader=person, on=timezone.localdate())
    ask = make_ask(make_need(other, hub), person, remark=f"Appelle {NAME}", reasons={"of": NAME})
    EscalationStep.objects.create(need=need, level=1, actor=person, action="x")
    done = make_exchange(
        person,
        other,
        hub,
        ask=ask,
        title=f"Café avec {NAME}",
        state=HelpState.CONFIRMED,
        minutes=30,
    )
    make_exchange(other, person, hub, need=need, title=f"Aider {NAME}")
    Thanks.objects.create(exchange=done, author=other, text=f"Merci {NAME}")
    batch = FridayBatch.objects.create(hub=hub, made_by=person)
    FridayProposal.objects.create(
        batch=batch, need=need, helper=person, rank=1, reasons={"quote": f"{NAME} sait"}
    )
    encounter = make_encounter(hub, person, other)
    EncounterGuest.objects.create(person=person)
    Introduction.objects.create(
        need=need, asker=person, introducer=other, about=f"Chez {NAME}", words=f"{NAME} est top"
    )
    EncounterCard.objects.create(
        encounter=encounter, reader=other, other=person, facts={"quote": f"{NAME} sait"}
    )
    theirs, mine = (
        Account.objects.create(kind=AccountKind.MEMBER, person=who, hub=hub)
        for who in (other, person)
    )
    Transfer.objects.create(
        payer=theirs,
        payee=mine,
        minutes=30,
        kind=TransferKind.HELP,
        exchange=done,
        hub_from=hub,
        hub_to=hub,
        idempotency_key="x",
    )


def _fill_buzz(person: Person, other: Person, hub: Hub) -> None:
    now = timezone.now()
    buzz = Buzz.objects.create(hub=hub, starts_at=now, scribe=person, last_event=2)
    BuzzPresence.objects.create(buzz=buzz, person=person)
    turn = BuzzTurn.objects.create(buzz=buzz, person=person, position=1)
    theirs = BuzzTurn.objects.create(buzz=buzz, person=other, position=2)
    BuzzHand.objects.create(turn=theirs, person=person)
    BuzzPromise.objects.create(
        buzz=buzz, giver=person, receiver=other, text=f"{NAME} relira", due_at=now
    )
    BuzzNote.objects.create(buzz=buzz, person=person, kind="news", text=f"{NAME} a signé")
    elsewhere = Buzz.objects.create(hub=make_hub(), starts_at=now)
    BuzzRelay.objects.create(turn=theirs, to=elsewhere, by=person)
    facts = {"person": {"id": str(person.pk), "name": f"{NAME} {FAMILY}"}, "turn": str(turn.pk)}
    BuzzEvent.objects.create(buzz=buzz, number=1, kind="turn", about=person, facts=facts)
    named = {"here": [facts["person"]]}
    BuzzEvent.objects.create(buzz=buzz, number=2, kind="helpers", about=other, facts=named)
    BuzzGesture.objects.create(person=person, key=person.pk)


def _fill_account(person: Person) -> None:
    EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "hidden"})
    SocialAccount.objects.create(
        user=person, provider="partner", uid=EMAIL, extra_data={"name": NAME}
    )
    UserSession.objects.create(
        user=person,
        session_key="abc",
        ip="127.0.0.1",
        user_agent="x",
        created_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    )
