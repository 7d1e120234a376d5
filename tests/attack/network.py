"""A small network in which each role has something to do, and the ways in of each."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from essaim.core.mail import unsubscribe_token
from essaim.exchange import (
    answer_links,
    choice_links,
    confirm_links,
    encounter_links,
    introduction_links,
    silence_links,
)
from essaim.exchange.actions import friday
from essaim.exchange.models import (
    Ask,
    AskState,
    EncounterPlace,
    EncounterState,
    HelpExchange,
    HelpState,
    Introduction,
    Need,
    NeedState,
    Silence,
    SilenceCause,
)
from essaim.home.demo.build import build
from essaim.home.demo.sizes import Size
from essaim.home.demo.world import DOORS, LEA
from essaim.hubs.invitation_links import invitation_path
from essaim.hubs.models import Hub, Invitation
from essaim.people.models import Person, PersonState
from essaim.people.seeding import seed_skills
from tests.attack.importing import checked_run
from tests.exchange.meeting import make_encounter
from tests.factories import make_exchange, make_need, make_person, make_skill

SMALL = Size(hubs=2, ventures=10, people=24, weeks=4, needs_per_100_people=20)
WayIn = tuple[Client, list[str]]


@dataclass(frozen=True)
class Scene:
    member: Person
    hub: Hub
    elsewhere: Hub
    invitation: Invitation


def settle() -> Scene:
    seed_skills()
    now = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    build(SMALL, seed=1, now=now, tell=lambda done, total: None)
    lea = Person.objects.get(email=LEA.email)
    hub = Hub.objects.get(residencies__person=lea)
    _give_lea_more_to_do(lea, hub)
    invitation = _leave_work_to_the_host(hub, Person.objects.get(email=DOORS[0].email))
    return Scene(lea, hub, Hub.objects.exclude(pk=hub.pk).get(), invitation)


def _give_lea_more_to_do(lea: Person, hub: Hub) -> None:
    other = Person.objects.filter(residencies__hub=hub).exclude(pk=lea.pk).order_by("pk")[0]
    TOTP.activate(lea, generate_totp_secret())
    make_need(lea, hub, state=NeedState.DRAFT, published_at=None)
    make_need(lea, hub, expires_at=timezone.now() - timedelta(hours=1))
    make_exchange(other, lea, hub, state=HelpState.PROPOSED, proposed_by=other, planned_minutes=30)
    make_exchange(lea, other, hub, state=HelpState.AGREED)
    make_encounter(hub, lea, other)
    Silence.objects.create(person=lea, cause=SilenceCause.UNANSWERED)
    make_need(other, hub, looking_for="La Mutuelle du Fleuve")


def _leave_work_to_the_host(hub: Hub, host: Person) -> Invitation:
    one, two = Person.objects.filter(residencies__hub=hub).order_by("pk")[:2]
    claim = {"claimed_minutes": 60, "claimed_by": one, "claimed_at": timezone.now()}
    make_exchange(one, two, hub, state=HelpState.DISPUTED, disputed_minutes=15, **claim)
    make_need(one, hub, level=3)
    make_skill("Souder", state="proposed", proposed_by=one)
    checked_run(host, hub)
    friday.draft_batch(hub=hub, by=host)
    guest = make_person(state=PersonState.INVITED)
    until = timezone.now() + timedelta(days=14)
    return Invitation.objects.create(hub=hub, person=guest, invited_by=host, expires_at=until)


def _signed_in(person: Person) -> Client:
    """Just now, so that the pages of passwords and keys open."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client


def member(scene: Scene) -> list[WayIn]:
    return [(_signed_in(scene.member), [])]


def _door(number: int) -> Callable[[Scene], list[WayIn]]:
    return lambda scene: [(_signed_in(Person.objects.get(email=DOORS[number].email)), [])]


def visitor(scene: Scene) -> list[WayIn]:
    """With the links of their letters, or halfway through signing in."""
    return [(Client(), _letters(scene)), (_asked("login/code"), []), (_asked("password/reset"), [])]


def _letters(scene: Scene) -> list[str]:
    ask = Ask.objects.filter(state=AskState.SENT, helper=scene.member)[0]
    claimed = HelpExchange.objects.filter(state=HelpState.CLAIMED, receiver=scene.member)[0]
    place = EncounterPlace.objects.filter(
        person=scene.member, encounter__state=EncounterState.PROPOSED
    )[0]
    over = Need.objects.open().filter(author=scene.member, expires_at__lt=timezone.now())[0]
    offered = Introduction.objects.filter(asker=scene.member)[0]
    token = unsubscribe_token(person_id=scene.member.pk, code="digest")
    return [
        answer_links.path_for(ask),
        confirm_links.path_for(claimed, scene.member),
        encounter_links.path_for(place),
        silence_links.path_for(Silence.objects.get(person=scene.member)),
        choice_links.path_for(over),
        introduction_links.path_for(offered, scene.member),
        invitation_path(scene.invitation),
        f"/messages/desabonner/{token}/",
    ]


def _asked(page: str) -> Client:
    client = Client()
    client.post(f"/compte/{page}/", {"email": LEA.email})
    return client


ROLES: dict[str, Callable[[Scene], list[WayIn]]] = {
    "member": member,
    "host": _door(0),
    "director": _door(1),
    "administrator": _door(2),
    "visitor": visitor,
}
