from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.home import week_counts

# Other duties wait meanwhile.
SECONDS = 4.0


@duty(every=timedelta(minutes=2), words=_("Count the weeks that are over, for the figures"))
def count_weeks(now: datetime) -> int:
    return week_counts.count_due(now, for_seconds=SECONDS)


@duty(every=timedelta(days=7), words=_("Forget the figures of weeks of more than a year ago"))
def forget_old_weeks(now: datetime) -> int:
    return week_counts.forget_old_weeks(now)
