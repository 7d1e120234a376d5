"""One search through the bridge: who declares the skills of the entries that a need touches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from essaim.matching.finding import Scope
from essaim.matching.segment import Segment
from essaim.matching.values import Path

if TYPE_CHECKING:
    from essaim.matching.bridge.profiles import Profiles
    from essaim.matching.bridge.schemes import OpenScheme, Way

# P(entry | need) · P(entry | profile) from which somebody is found by the bridge alone.
LEAST = 0.06
# Where a need is read as a trade, middling likeness is a poor guess: 0.5 counts for 0.125.
SHARPNESS = 3
# A line so like the need is its own reason.
PLAIN = 0.85

Values = NDArray[np.float32]
# A path, and the number of the line that declares its entry.
Told = tuple[Path, int]
Read = Callable[[Sequence[Segment]], "list[Sequence[Profiles] | None]"]


@dataclass(frozen=True)
class Found:
    """Who the bridge brings: places in each scope, rising, and what it is worth, in 0..1."""

    places: list[NDArray[np.int64]]
    worth: dict[int, float]

    def of(self, numbers: NDArray[np.integer]) -> Values:
        """(n,) for documents by number; 0 for whom the bridge does not know."""
        return np.array([self.worth.get(number, 0.0) for number in numbers.tolist()], np.float32)


@dataclass(frozen=True)
class Crossing:
    """`ways`: of each scheme, the entries that the need touches with P(entry | need)."""

    ways: "tuple[tuple[Way, ...], ...]"
    schemes: "Sequence[OpenScheme]"
    read: Read

    def documents(self, scopes: Sequence[Scope], pool: int) -> Found:
        """The best `pool` of those who may be found, at least `LEAST`; ties by order of ids."""
        known = self.read([one.segment for one in scopes])
        worth = [self._worth(one, some) for one, some in zip(scopes, known, strict=True)]
        reaching = np.concatenate([values[values >= LEAST] for values in worth])
        least = np.partition(reaching, -pool)[-pool] if len(reaching) > pool else LEAST
        pairs = list(zip(scopes, worth, strict=True))
        places = [_best(one.segment, values, float(least), pool) for one, values in pairs]
        told = {
            int(one.segment.documents[at]): float(np.sqrt(values[at]))
            for (one, values), some in zip(pairs, places, strict=True)
            for at in some.tolist()
        }
        return Found(places, told)

    def paths(self, scopes: Sequence[Scope], numbers: NDArray[np.integer]) -> dict[int, Told]:
        """Through which entry documents were found, by their numbers."""
        known = self.read([one.segment for one in scopes])
        found = {}
        for one, profiles in zip(scopes, known, strict=True):
            for place in one.segment.places(numbers).tolist() if profiles else ():
                if told := self._path(one.segment, place, profiles or ()):
                    found[int(one.segment.documents[place])] = told
        return found

    def _path(self, segment: Segment, place: int, profiles: "Sequence[Profiles]") -> Told | None:
        """By the entry that brings the document most, of those that a line of it declares."""
        ways = [
            (share * _share(one, entry, place), number, entry)
            for number, (some, one) in enumerate(zip(self.ways, profiles, strict=True))
            for entry, share in some
        ]
        for worth, number, entry in sorted(ways, key=lambda way: -way[0]):
            line = _declaring(segment, place, profiles[number], entry)
            if worth > 0 and line is not None:
                scheme = self.schemes[number]
                labels = scheme.labels[entry]
                return Path(scheme.name, scheme.kind, scheme.codes[entry], labels), line
        return None

    def _worth(self, one: Scope, profiles: "Sequence[Profiles] | None") -> Values:
        """Of each document of the segment, the best scheme's; 0 for whom may not be found."""
        total = np.zeros(len(one.segment), np.float32)
        for known, ways in zip(profiles or (), self.ways, strict=profiles is not None):
            np.maximum(total, _through(known, ways, len(total)), out=total)
        if one.documents is not None:
            total *= one.documents
        return total


def fused(direct: NDArray[np.float64], crossed: Values) -> NDArray[np.float64]:
    """Either says that somebody can help (noisy or: Pearl 1988), in 0..1."""
    either = 1 - (1 - direct**SHARPNESS) * (1 - crossed.astype(np.float64))
    found: NDArray[np.float64] = np.round(either, 6)
    return found


def telling(direct: NDArray[np.float64], near: Values, crossed: Values) -> NDArray[np.bool_]:
    """Where the path is the reason: the bridge says more than the words do, and no line says by
    itself what is needed (`near`: likeness of the best one)."""
    found: NDArray[np.bool_] = (crossed > direct) & (near < PLAIN)
    return found


def _through(known: "Profiles", ways: "Sequence[Way]", count: int) -> Values:
    found = np.zeros(count, np.float32)
    by_entry = known.documents
    for entry, share in ways:
        some = slice(int(by_entry.offsets[entry]), int(by_entry.offsets[entry + 1]))
        found[by_entry.entries[some]] += by_entry.worth[some] * np.float32(share / 255)
    return found


def _best(segment: Segment, values: Values, least: float, pool: int) -> NDArray[np.int64]:
    found = np.flatnonzero(values >= least)
    if len(found) <= pool:
        return found
    order = np.lexsort((segment.ranks[found], -values[found]))
    return np.sort(found[order[:pool]])


def _share(known: "Profiles", entry: int, place: int) -> float:
    by_entry = known.documents
    some = slice(int(by_entry.offsets[entry]), int(by_entry.offsets[entry + 1]))
    where = by_entry.entries[some] == place
    return float(by_entry.worth[some][where].sum()) / 255


def _declaring(segment: Segment, place: int, known: "Profiles", entry: int) -> int | None:
    """The number of the line of a document that says most of an entry; the first of equals."""
    lines = segment.document_lines.row(place)
    spoken = known.lines.rows(lines)
    owner = np.repeat(np.arange(len(lines)), np.diff(spoken.offsets))
    where = spoken.entries == entry
    if not where.any():
        return None
    said = np.bincount(owner[where], spoken.worth[where], len(lines))
    return int(segment.lines[lines[int(said.argmax())]])
