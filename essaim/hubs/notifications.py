"""What people are told about coming in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Kind, register
from essaim.core.writing import line
from essaim.hubs.invitation_links import invitation_path
from essaim.hubs.models import Hub, Invitation, InvitationState
from essaim.hubs.rules import is_host


def _letter(notice: Notice) -> dict[str, Any] | None:
    """The link is written when the mail leaves, and only if the invitation still holds."""
    invitation = (
        Invitation.objects.select_related("hub", "invited_by")
        .filter(pk=notice.facts["invitation"], state=InvitationState.SENT)
        .first()
    )
    if invitation is None:
        return None
    # On one line: a line of its own could pass for one of our buttons.
    message = line(invitation.message)
    return {"invitation": invitation, "message": message, "link": invitation_path(invitation)}


def _new_hub(notice: Notice) -> dict[str, Any] | None:
    hub = Hub.objects.filter(pk=notice.facts["hub"]).first()
    return {"hub": hub} if hub else None


INVITATION = register(
    Kind(
        "invitation",
        _("I am invited to a hive"),
        Channel.NOW,
        mutable=False,
        facts=_letter,
        urgent=True,
    )
)
ONE_MORE_HUB = register(
    Kind("one_more_hub", _("A hive adds me to its residents"), Channel.NOW, facts=_new_hub)
)
PHOTO_TAKEN_DOWN = register(
    Kind("photo_taken_down", _("A host takes my photo down"), Channel.NOW, mutable=False)
)
ASKED_AGAIN = register(
    Kind(
        "invitation_asked_again",
        _("Someone’s invitation was too old"),
        Channel.NOW,
        told_to=is_host,
    )
)
