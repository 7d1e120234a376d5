"""The signed link of an invitation: it names one; whether that still holds is in its row."""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from essaim.hubs.models import Invitation

SALT = "essaim.hubs.invitation"


def invitation_path(invitation: Invitation) -> str:
    token = signing.Signer(salt=SALT).sign_object(str(invitation.pk))
    return reverse("hubs:invitation", args=[token])


def read_token(token: str) -> UUID | None:
    try:
        return UUID(signing.Signer(salt=SALT).unsign_object(token))
    except (signing.BadSignature, ValueError, TypeError):
        return None
