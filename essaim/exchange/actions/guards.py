"""The network sets the guards, within bounds that keep them guards."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core import journal
from essaim.core.refusals import NotAllowed, Refusal
from essaim.exchange.actions import silences
from essaim.exchange.models import GUARDS, AskGuards
from essaim.exchange.models.guards import ONLY
from essaim.people.models import Person
from essaim.people.rules import is_director


class OutOfBounds(Refusal):
    message = _("Keep each guard within its bounds.")


@transaction.atomic
def set_guards(*, by: Person, **values: int) -> AskGuards:
    """Those given; the others stay. They hold from the next ask on."""
    if not is_director(by):
        raise NotAllowed
    if any(not GUARDS[name].least <= value <= GUARDS[name].most for name, value in values.items()):
        raise OutOfBounds
    guards, _is_new = AskGuards.objects.select_for_update().get_or_create(pk=ONLY)
    changed: dict[str, Any] = {
        name: value for name, value in values.items() if getattr(guards, name) != value
    }
    if changed:
        AskGuards.objects.filter(pk=ONLY).update(**changed)
        guards.refresh_from_db()
        if "silences" in changed:
            silences.notice_all_silences(timezone.now())
        journal.record("set_guards", guards, by=by, **changed)
    return guards
