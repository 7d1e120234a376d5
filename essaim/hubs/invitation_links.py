"""The signed link of an invitation: it names one; whether that still holds is in its row."""

from uuid import UUID

from django.core import signing
from django.urls import reverse

from essaim.hubs.models import Invitation

SALT = "essaim.hubs.invitation"


def invitation_path(invitation: Invitation) -> str:
    return reverse("hubs:invitation", args=[_signer().sign(invitation.pk.hex)])


def read_token(token: str) -> UUID | None:
    try:
        return UUID(_signer().unsign(token))
    except signing.BadSignature:
        return None


def _signer() -> signing.Signer:
    # Not the usual colon, at which some mailboxes cut a link.
    return signing.Signer(salt=SALT, sep=".")
