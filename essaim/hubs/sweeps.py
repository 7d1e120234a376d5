from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty


@duty(every=timedelta(days=1), words=_("Forget the devices that are no longer signed in"))
def forget_old_sessions(now: datetime) -> None:
    """What a device said of itself is kept no longer than it stays signed in."""
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
