"""States as a table, fired by one conditional UPDATE: of two people acting at once, one wins."""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from essaim.core.refusals import Refusal


class Overtaken(Refusal):
    """The thing is no longer in a state from which the verb leads: somebody was faster."""

    message = _("This has changed meanwhile: reload the page to see where it stands.")


@dataclass(frozen=True)
class Transition:
    verb: str
    sources: tuple[str, ...]
    target: str


class Machine:
    """The only writer of a model's state field.

    >>> NEED = Machine("state", Transition("publish", (DRAFT,), OPEN), …)
    >>> NEED.fire(need, "publish", published_at=now)
    """

    def __init__(self, field: str, *transitions: Transition) -> None:
        self.field = field
        self.transitions = {transition.verb: transition for transition in transitions}
        assert len(self.transitions) == len(transitions), "a verb stands once in the table"

    def sources(self, verb: str) -> tuple[str, ...]:
        return self.transitions[verb].sources

    def can(self, thing: models.Model, verb: str) -> bool:
        return getattr(thing, self.field) in self.sources(verb)

    def fire(self, thing: models.Model, verb: str, **changes: Any) -> None:
        """Moves `thing` and writes `changes` with it, or raises `Overtaken` and writes nothing."""
        changes[self.field] = self.transitions[verb].target
        # Not type(): the person of a request is wrapped, and only its class tells the truth.
        still = thing.__class__._base_manager.filter(
            pk=thing.pk, **{f"{self.field}__in": self.sources(verb)}
        )
        if not still.update(**changes):
            raise Overtaken
        for name, value in changes.items():
            setattr(thing, name, value)

    def fire_all(self, things: models.QuerySet[Any], verb: str, **changes: Any) -> int:
        """Moves all of `things` that may move; tells how many did."""
        changes[self.field] = self.transitions[verb].target
        return things.filter(**{f"{self.field}__in": self.sources(verb)}).update(**changes)
