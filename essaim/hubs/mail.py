"""Mails of the log-in library: plain, at once, and forgotten when they have left."""

from datetime import timedelta
from typing import Any

from django.core.mail import send_mail
from django.utils import timezone

from essaim.core import outbox
from essaim.core.mail import read_letter
from essaim.core.models import OutboxRow

# A code that old opens nothing any more.
STALE = timedelta(hours=1)


@outbox.handler("account_mail")
def send_account_mail(payload: dict[str, Any], key: str) -> None:
    errand = OutboxRow.objects.filter(key=key)
    if not payload:
        return
    if errand.filter(created_at__gt=timezone.now() - STALE).exists():
        letter = read_letter(payload["text"])
        links = [f"{label}\n{url}" for label, url in letter.buttons]
        body = "\n\n".join([*letter.paragraphs, *links])
        send_mail(letter.subject, body, None, [payload["to"]])
    # An address and a code are kept no longer than their errand.
    errand.update(payload={})
