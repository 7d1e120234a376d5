"""Every minute: the steps that are due, and the needs whose time is over."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.core.states import Overtaken
from essaim.exchange import escalation
from essaim.exchange.actions import escalation as actions
from essaim.exchange.actions.needs import close_need
from essaim.exchange.models import EscalationStep, Need


@duty(every=timedelta(minutes=1), words=_("Take the next step of the needs that wait"))
def take_due_steps(now: datetime) -> None:
    due = Need.objects.open().filter(next_step_at__lte=now, expires_at__gt=now)
    needs = due.select_related("hub").order_by("next_step_at", "pk")
    each(
        (need for need in needs if not escalation.is_at_rest(need.hub, now)),
        lambda need: actions.take_step(need_id=need.pk, now=now),
    )


@duty(every=timedelta(minutes=15), words=_("Ask authors what becomes of a need after two weeks"))
def ask_authors_whose_time_is_over(now: datetime) -> None:
    due = Need.objects.open().filter(~Exists(_asked()), expires_at__lte=now)
    each(due.order_by("expires_at", "pk"), lambda need: actions.ask_author(need=need, now=now))


@duty(every=timedelta(hours=1), words=_("Close the needs whose authors never answered"))
def close_needs_left_without_an_answer(now: datetime) -> None:
    """Counted from the question, not from the date: an author asked late has seven days too."""
    long_ago = _asked().filter(at__lte=now - actions.ANSWER_WITHIN)
    due = Need.objects.open().filter(Exists(long_ago), expires_at__lte=now)
    each(due.order_by("expires_at", "pk"), _close)


def _asked() -> QuerySet[EscalationStep]:
    """The author was asked since the need's time was over."""
    return EscalationStep.objects.filter(
        need=OuterRef("pk"),
        action__startswith=actions.ASKED_AUTHOR,
        at__gte=OuterRef("expires_at"),
    )


def _close(need: Need) -> None:
    try:
        close_need(need=need, by=None)
    except Overtaken:  # answered or withdrawn since the list was read
        return


def each(needs: Iterable[Need], do: Callable[[Need], None]) -> None:
    """A need that breaks keeps none of the others waiting, and is not kept quiet either."""
    failures = []
    for need in needs:
        try:
            do(need)
        except Exception as failure:  # noqa: BLE001
            failure.add_note(f"need {need.pk}")
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some needs could not be moved", failures)
