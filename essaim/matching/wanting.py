"""How well each person answers what another wants: by the words, and by the tree of skills.

A want is an open need, a skill to learn or a goal; an offer is a lent skill, a need met for
somebody else, a venture or a sentence about oneself. Words are compared by meaning (encoder.py).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from essaim.matching.encoder import Encoder

TEXT_WEIGHT, SKILL_WEIGHT = 0.6, 0.4
BESIDE = 0.5
FRESH_DAYS = 14.0
Tree = Mapping[str, str | None]
"""Skills by id, each with its parent's."""
Floats = NDArray[np.float32]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Want:
    """`age_days`: since an open need was told; None for what waits for no answer.

    `rung`: told at the last bell, so that who answers it now is heard.
    """

    text: str
    skills: Tree = field(default_factory=dict)
    age_days: float | None = None
    rung: bool = False

    @property
    def freshness(self) -> float:
        """1 when rung, then half of it every fortnight; 0 for what is no need."""
        if self.age_days is None:
            return 0.0
        return 1.0 if self.rung else float(0.5 ** (max(0.0, self.age_days) / FRESH_DAYS))


@dataclass(frozen=True)
class Offer:
    text: str
    skills: Tree = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """Wants by rising `owner` (wants,), a position among people, and who answers them.

    `answer` (wants, people), from 0 to 1; 0 from the owner. `freshness` (wants,), from 0 to 1.
    """

    owner: Whole
    answer: Floats
    freshness: Floats

    def best(self, among: NDArray[np.bool_] | None = None) -> Floats:
        """(people, people): how well b answers the best of a's wants, or of those `among` them."""
        answer = self.answer if among is None else np.where(among, self.answer, 0)
        return by_owner(answer, self.owner, self.answer.shape[1])


def by_owner(values: Floats, owner: Whole, people: int) -> Floats:
    """The largest of each person's rows; zeros for who has none."""
    found = np.zeros((people, values.shape[1]), np.float32)
    if len(owner):
        owners, starts = np.unique(owner, return_index=True)
        found[owners] = np.maximum.reduceat(values, starts, axis=0)
    return found


def answers(
    wants: Sequence[Sequence[Want]], offers: Sequence[Sequence[Offer]], encoder: Encoder
) -> Answers:
    """One list of wants, and one of offers, for each person.

    `answer` = 0.6 · likeness of the words to the best offer + 0.4 · share of the wanted skills that
    are lent (the same: 1; parent, child or sibling: one half). Raises ValueError when the two lists
    are not of the same people.
    """
    if len(wants) != len(offers):
        raise ValueError("wants, offers: one list per person is expected")
    owner = np.array([at for at, mine in enumerate(wants) for _ in mine], dtype=np.int64)
    flat = [want for mine in wants for want in mine]
    said = likeness([want.text for want in flat], offers, encoder)
    lent = overlap([want.skills for want in flat], offers)
    answer = (TEXT_WEIGHT * said + SKILL_WEIGHT * lent).astype(np.float32)
    answer[np.arange(len(flat)), owner] = 0
    return Answers(owner, answer, np.array([want.freshness for want in flat], np.float32))


def likeness(texts: Sequence[str], offers: Sequence[Sequence[Offer]], encoder: Encoder) -> Floats:
    """(texts, people): the cosine with the best offer of each, not below 0."""
    said = vectors(texts, encoder)
    lines = [offer.text for theirs in offers for offer in theirs]
    cosine = vectors(lines, encoder) @ said.T if lines else np.zeros((0, len(texts)), np.float32)
    holder = np.array([at for at, theirs in enumerate(offers) for _ in theirs], dtype=np.int64)
    return np.clip(by_owner(cosine, holder, len(offers)).T, 0, 1)


def vectors(texts: Sequence[str], encoder: Encoder) -> Floats:
    """(texts, dims), each text encoded once: many people lend the same skill."""
    distinct = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    found = encoder.encode(list(distinct))
    return found[[distinct[text] for text in texts]] if texts else found


class Remembered:
    """An encoder that reads each text once, for a network that is drawn twice.

    It holds a vector of each text: 0.5 KB, 60 MB for 16,000 people.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.version, self.dims = encoder.name, encoder.version, encoder.dims
        self._encoder = encoder
        self._known: dict[str, Floats] = {}

    def encode(self, texts: Sequence[str]) -> Floats:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known |= zip(new, self._encoder.encode(new), strict=True)
        found = [self._known[text] for text in texts]
        return np.array(found, np.float32).reshape(len(texts), self.dims)

    def knows(self, word: str) -> bool:
        return self._encoder.knows(word)


def overlap(wanted: Sequence[Tree], offers: Sequence[Sequence[Offer]]) -> Floats:
    """(wants, people): how much of what is wanted is lent, as `answers` tells."""
    ids = sorted({skill for tree in wanted for skill in tree})
    place = {skill: at for at, skill in enumerate(ids)}
    parents = {skill: parent for tree in wanted for skill, parent in tree.items()}
    near = np.zeros((len(offers), len(ids)), np.float32)
    for at, theirs in enumerate(offers):
        lent = {skill: parent for offer in theirs for skill, parent in offer.skills.items()}
        families = {parent for parent in lent.values() if parent is not None}
        near[at] = [_nearness(skill, parents[skill], lent, families) for skill in ids]
    asked = np.zeros((len(wanted), len(ids)), np.float32)
    for at, tree in enumerate(wanted):
        asked[at, [place[skill] for skill in tree]] = 1 / max(1, len(tree))
    return asked @ near.T


def _nearness(skill: str, parent: str | None, lent: Tree, families: Collection[str]) -> float:
    if skill in lent:
        return 1.0
    beside = parent is not None and (parent in families or parent in lent)
    return BESIDE if beside or skill in families else 0.0
