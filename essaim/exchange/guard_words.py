"""What each guard is called, and why it is there: for who sets it and for who is protected."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Words:
    label: str | Promise
    why: str | Promise


WEEK = _(
    "Whoever answers well would be asked ever more, until they answer no more. Better many helpers "
    "asked a little than a few worn out."
)
AT_ONCE = _(
    "What waits for an answer and what is promised, together: one thing is brought to its end "
    "before the next."
)
MONTH = _("The time promised is a promise on both sides: nobody takes more of it than was given.")
REST = _("A no needs no reason and costs nothing. The next ask leaves time to breathe.")
NIGHT = _("Mail that can wait leaves in the morning, on the clock of the hive of who reads it.")
SILENCES = _(
    "Silence is often a full week, not a lack of will. Rather than insist, nobody is sent, and the "
    "person is asked how they are."
)
QUIET = _(
    "Without a sign of life (signing in, answering, helping, being at the Buzz), nobody is sent by "
    "the machine. The person stays in the directory, and people can still ask them by name."
)
DORMANT = _(
    "From then on, a word twice a year asks whether the person is still there. Nobody is ever "
    "taken away for having been silent."
)

WORDS: dict[str, Words] = {
    "asks_per_week": Words(_("Asks in seven days, at most"), WEEK),
    "at_once": Words(_("Things at once, at most"), AT_ONCE),
    "rest_hours": Words(_("Hours of rest after a no"), REST),
    "silences": Words(_("Asks without an answer in a row, before a pause"), SILENCES),
    "quiet_after": Words(_("Days without a sign of life, before the machine asks no more"), QUIET),
    "dormant_after": Words(_("Days without a sign of life, before a word twice a year"), DORMANT),
    "wakes_at": Words(_("Mail leaves from this hour"), NIGHT),
    "sleeps_at": Words(_("Mail leaves until this hour"), NIGHT),
}
