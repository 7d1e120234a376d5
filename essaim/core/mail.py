"""From a notice to a mail: text and HTML from one template, sent by the worker."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.signing import Signer
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from essaim.core import nights, outbox
from essaim.core.models import Notice
from essaim.core.notifications import KINDS


@dataclass
class Letter:
    subject: str
    paragraphs: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


@outbox.handler("mail")
def send_notice(payload: dict[str, Any], key: str) -> None:
    notice = Notice.objects.select_related("recipient").filter(pk=payload["notice"]).first()
    if notice is None or notice.mailed_at is not None:
        return
    if not KINDS[notice.code].urgent:
        nights.wait_for_morning(notice.recipient)
    facts = _facts(notice)
    if facts is None or not notice.recipient.is_reachable():
        return
    with translation.override(notice.recipient.language):
        letter = read_letter(_plain(KINDS[notice.code].template, facts))
        send(letter, to=notice.recipient, code=notice.code, key=key)
    Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())


def _plain(template: str, facts: dict[str, Any]) -> str:
    """The template as text: what is escaped here would be escaped again in the HTML of the mail."""
    found: Any = get_template(template)
    return str(found.template.render(Context(facts, autoescape=False)))


def _facts(notice: Notice) -> dict[str, Any] | None:
    kind = KINDS[notice.code]
    fresh = kind.facts(notice) if kind.facts else {}
    if fresh is None:
        return None
    base: dict[str, Any] = {
        "notice": notice,
        "recipient": notice.recipient,
        "url": absolute(notice.path),
    }
    base.update(notice.facts, **fresh)
    return base


def read_letter(text: str) -> Letter:
    """First line: subject. Then paragraphs. `-> label | path` lines: buttons."""
    subject, _, body = text.strip().partition("\n")
    letter = Letter(" ".join(subject.split()))
    for block in body.strip().split("\n\n"):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        words = [line for line in lines if not _is_button(line)]
        if words:
            letter.paragraphs.append("\n".join(words))
        for line in lines:
            if _is_button(line):
                label, _, path = line[3:].rpartition(" | ")
                letter.buttons.append((label, absolute(path.strip())))
    return letter


def _is_button(line: str) -> bool:
    """Only to our own pages: people's words stand in letters too."""
    path = line.rpartition(" | ")[2].strip()
    return line.startswith("-> ") and path.startswith(("/", f"{settings.PUBLIC_URL.rstrip('/')}/"))


def send(letter: Letter, *, to: Any, code: str, key: str) -> None:
    unsubscribe = _unsubscribe_url(to.pk, code)
    context = {
        "letter": letter,
        "recipient": to,
        "network": settings.NETWORK_NAME,
        "unsubscribe_url": unsubscribe,
        "settings_url": absolute(reverse("core:notice_settings")),
    }
    message = EmailMultiAlternatives(
        letter.subject,
        render_to_string("core/mail/letter.txt", context),
        to=[to.email],
        # The same errand done twice gives the same identifier: mailboxes show one message.
        headers={"Message-ID": f"<{key.replace(':', '-')}@essaim>"},
    )
    if unsubscribe:
        message.extra_headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.attach_alternative(render_to_string("core/mail/letter.html", context), "text/html")
    message.send()


def _unsubscribe_url(person_id: UUID, code: str) -> str:
    """Empty when nothing can be stopped: an invitation, someone's yes."""
    kind = KINDS.get(code)
    if kind is None or not kind.mutable:
        return ""
    return absolute(
        reverse("core:unsubscribe", args=[unsubscribe_token(person_id=person_id, code=code)])
    )


def absolute(path: str) -> str:
    return path if path.startswith("http") else settings.PUBLIC_URL.rstrip("/") + path


def unsubscribe_token(*, person_id: UUID, code: str) -> str:
    """For that person and that kind alone, and for ever: a mail is read when it is found."""
    return Signer(salt="unsubscribe").sign_object({"person": str(person_id), "code": code})


def read_unsubscribe_token(token: str) -> tuple[UUID, str]:
    """Raises `BadSignature` on a forged token."""
    data = Signer(salt="unsubscribe").unsign_object(token)
    return UUID(data["person"]), data["code"]
