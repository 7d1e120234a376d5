"""Messages to people. A new one costs a registration and a template of a few lines.

    ASK_RECEIVED = register(Kind("ask_received", _("Someone asks for my help"), Channel.NOW))
    notify(ASK_RECEIVED, to=helper, title=…, path=…, key=f"ask:{ask.pk}", ask=str(ask.pk))

The template `notices/<code>.txt` writes the mail in the recipient's language. Its lines of the form
`-> label | path` become buttons. The mail leaves through the outbox; the notice stays on the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone, translation
from django.utils.functional import Promise

from essaim.core import outbox
from essaim.core.models import Channel, Notice, NoticePreference

Facts = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """`facts` is called when the mail is written: it adds what must be fresh (signed links), or
    answers None when the mail has lost its object and must not leave. `told_to` says who ever gets
    it, and so has a choice to make about it; `may_wait` is whether Friday's letter can carry it;
    `urgent`: somebody waits for it this very hour, even at night."""

    code: str
    label: str | Promise
    channel: Channel
    mutable: bool = True
    facts: Callable[[Notice], Facts | None] | None = None
    told_to: Callable[[Any], bool] | None = None
    may_wait: bool = True
    urgent: bool = False

    @property
    def template(self) -> str:
        return f"notices/{self.code}.txt"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    assert kind.code not in KINDS, f"two notifications are called {kind.code}"
    KINDS[kind.code] = kind
    return kind


def notify(
    kind: Kind,
    *,
    to: Any,
    title: str | Promise,
    path: str = "",
    key: str,
    mail_at: datetime | None = None,
    **facts: Any,
) -> None:
    """Tells `to` once per `key`. Call it inside the transaction of the action it tells about.

    `mail_at` holds the mail back; the page shows the notice at once. At night what is not urgent
    waits by itself (`nights`).
    """
    with translation.override(to.language):
        notice = Notice(
            recipient_id=to.pk,
            code=kind.code,
            key=f"{key}:{to.pk}",
            title=str(title)[:200],
            path=path,
            facts=facts,
            channel=channel_of(kind, to),
        )
    if not _add(notice):
        return
    if notice.channel == Channel.NOW:
        outbox.put("mail", {"notice": str(notice.pk)}, key=f"mail:{notice.pk}", due_at=mail_at)


def _add(notice: Notice) -> bool:
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    return Notice.objects.filter(pk=notice.pk).exists()


def channel_of(kind: Kind, person: Any) -> str:
    if not kind.mutable:
        return kind.channel
    chosen = NoticePreference.objects.filter(person_id=person.pk, code=kind.code)
    return chosen.values_list("channel", flat=True).first() or kind.channel


def prefer(*, person: Any, kind: Kind, channel: str) -> None:
    NoticePreference.objects.update_or_create(
        person_id=person.pk, code=kind.code, defaults={"channel": channel}
    )


def read_all(*, person: Any) -> None:
    Notice.objects.filter(recipient_id=person.pk, read_at__isnull=True).update(
        read_at=timezone.now()
    )


def unmute(*, person_id: UUID, kind: Kind) -> None:
    """As if nothing had been chosen."""
    NoticePreference.objects.filter(person_id=person_id, code=kind.code).delete()


def mute(*, person_id: UUID, kind: Kind) -> None:
    NoticePreference.objects.update_or_create(
        person_id=person_id, code=kind.code, defaults={"channel": Channel.SILENT}
    )
