"""What time alone does to what letters showed: after eight weeks it weighs no more."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.exchange import exposure


@duty(every=timedelta(days=1), words=_("Forget which needs the letters of long ago showed"))
def forget_what_was_shown(now: datetime) -> None:
    exposure.forget(timezone.localdate(now))
