"""What the answers given here teach about matching: a yes, or a « not my field ».

Nothing leaves the installation: what is learned is a few numbers in a file beside the side files.
One starts from the shipped weights each time, and keeps what is learned only when it would have
foretold answers that it was not learned from.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from essaim.exchange import index, learned_weights
from essaim.exchange.matching import sentence_of
from essaim.exchange.models import SAID_YES, Ask, AskState, DeclineCode, Need
from essaim.matching.calibration import Example, calibrated, example, ordered
from essaim.matching.ranking import SEMANTIC, Laws

# Fewer needs with both a yes and a « not my field » are an accident.
ENOUGH = 40
NEEDS_READ = 2_000


@dataclass(frozen=True)
class Lesson:
    """`before`, `after`: of answers held back, how often the yes stood before the no, in 0..1."""

    needs: int
    before: float = 0.0
    after: float = 0.0

    @property
    def enough(self) -> bool:
        return self.needs >= ENOUGH

    @property
    def better(self) -> bool:
        return self.enough and self.after > self.before


def learn(start: Laws = SEMANTIC) -> Lesson:
    """Learns from the latest answers; the shipped weights serve unless it foretells better."""
    examples = answered_needs()
    if len(examples) < ENOUGH:
        return Lesson(len(examples))
    lesson = Lesson(len(examples), *_held_back(examples, start))
    if lesson.better:
        learned_weights.keep(calibrated(examples, start))
    else:
        learned_weights.forget()
    return lesson


def answered_needs() -> list[Example]:
    """One example for each need that had a yes and a « not my field » among those asked."""
    answers: dict[UUID, dict[bool, set[str]]] = defaultdict(lambda: {True: set(), False: set()})
    for need_id, helper_id, state in _answers():
        answers[need_id][state in SAID_YES].add(str(helper_id))
    both = [pk for pk, said in answers.items() if said[True] and said[False]][:NEEDS_READ]
    return [one for need in _needs(both) if (one := _example(need, answers[need.pk]))]


def _answers() -> Sequence[tuple[UUID, UUID, str]]:
    no = Ask.objects.filter(state=AskState.DECLINED, decline_code=DeclineCode.NOT_MY_FIELD)
    rows = (Ask.objects.filter(state__in=SAID_YES) | no).order_by("-answered_at", "pk")
    return list(rows.values_list("need_id", "helper_id", "state"))


def _needs(ids: Sequence[UUID]) -> Iterable[Need]:
    return Need.objects.filter(pk__in=ids).prefetch_related("skills").order_by("pk")


def _example(need: Need, said: dict[bool, set[str]]) -> Example | None:
    asked = said[True] | said[False]
    sentence = sentence_of(need, list(need.skills.all()))
    return index.with_people(lambda people: example(people, sentence, said[True], among=asked))


def _held_back(examples: Sequence[Example], start: Laws) -> tuple[float, float]:
    """Each half is foretold by what was learned from the other."""
    halves = (examples[::2], examples[1::2])
    after = [
        ordered(held, calibrated(others, start)) * len(held)
        for held, others in (halves, halves[::-1])
    ]
    return ordered(examples, start), sum(after) / len(examples)
