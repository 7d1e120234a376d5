"""Invitations on their way."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from essaim.hubs.actions import invitations
from essaim.hubs.models import Hub, Invitation
from essaim.people.models import Person

ANSWER = {"given_name": "Nadia", "family_name": "Ben Salem", "language": "fr", "password": ""}


def invite(host: Person, hub: Hub, email: str = "nadia@example.net", **facts: Any) -> Any:
    values = {"given_name": "Nadia", "family_name": "", "plan": "Résident", "message": ""} | facts
    return invitations.invite_person(hub=hub, email=email, by=host, **values)


def invitation_of(host: Person, hub: Hub, **facts: Any) -> Invitation:
    invitation = invite(host, hub, **facts)
    assert isinstance(invitation, Invitation)
    return invitation


def make_old(invitation: Invitation) -> None:
    past = timezone.now() - timedelta(minutes=1)
    Invitation.objects.filter(pk=invitation.pk).update(
        expires_at=past, sent_at=past - timedelta(days=14)
    )
    invitation.refresh_from_db()
