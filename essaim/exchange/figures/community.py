"""How alive a hive is: what a board shows first, then its figures by question."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from essaim.core.figures import Figure
from essaim.exchange.figures import buzz, members, needs, sharing, ties

FIGURES = (
    members.ACTIVE,
    needs.TOLD,
    needs.FIRST_ANSWER,
    needs.UNANSWERED,
    needs.RESOLUTION,
    ties.NEW,
    ties.RECIPROCITY,
)


@dataclass(frozen=True)
class Question:
    """What some figures together answer, week by week."""

    slug: str
    name: str | Promise
    asked: str | Promise
    figures: tuple[Figure, ...]
    # Whether it shows help from hive to hive.
    between: bool = False


QUESTIONS = (
    Question("besoins", _("Needs"), _("Do needs find an answer?"), needs.FIGURES),
    Question("entraide", _("Hours"), _("Are the hours well shared?"), sharing.FIGURES),
    Question("liens", _("Ties"), _("Do people meet?"), ties.FIGURES, between=True),
    Question("membres", _("Members"), _("Is anybody left alone?"), members.FIGURES),
    Question("buzz", _("The Buzz"), _("Do people come, and keep their word?"), buzz.FIGURES),
)
SHARED = tuple(figure for question in QUESTIONS for figure in question.figures if figure.shared)
