"""What people are told after a silence, once for each, and twice a year while it lasts."""

from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from essaim.core.models import Channel, Notice
from essaim.core.notifications import Facts, Kind, notify, register
from essaim.exchange import silence_links
from essaim.exchange.models import Silence, SilenceCause


def _facts(notice: Notice) -> Facts | None:
    """None once a word was said."""
    silence = Silence.objects.open().filter(pk=notice.facts["silence"]).first()
    if silence is None:
        return None
    unanswered = silence.cause == SilenceCause.UNANSWERED
    return {"unanswered": unanswered, "answer": silence_links.path_for(silence)}


SILENCE = register(
    Kind("silence", _("I am asked how I am after a silence"), Channel.NOW, facts=_facts)
)
TITLES: dict[str, Any] = {
    SilenceCause.UNANSWERED: _("Nobody asks you anything for now. How are you?"),
    SilenceCause.DORMANT: _("It has been long. Are you still there?"),
}


def asked_how_they_are(silence: Silence) -> None:
    with translation.override(silence.person.language):
        title = str(TITLES[silence.cause])
    notify(
        SILENCE,
        to=silence.person,
        title=title,
        path=reverse("exchange:toolbox"),
        key=f"silence:{silence.pk}:{silence.told_at:%Y%m%d}",
        silence=str(silence.pk),
    )
