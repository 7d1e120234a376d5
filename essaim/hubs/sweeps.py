from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.core.models import OutboxRow


@duty(every=timedelta(days=1), words=_("Forget the devices that are no longer signed in"))
def forget_old_sessions(now: datetime) -> None:
    """What a device said of itself is kept no longer than it stays signed in."""
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


@duty(every=timedelta(hours=1), words=_("Forget the log-in mails that could not leave"))
def forget_mails_that_stayed(now: datetime) -> None:
    """Their codes open nothing any more; the addresses in them may be nobody's account."""
    old = OutboxRow.objects.filter(kind="account_mail", created_at__lt=now - timedelta(days=1))
    old.exclude(payload={}).update(payload={})
