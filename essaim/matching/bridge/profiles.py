"""Which entries each document of a segment speaks of: derived, kept beside the segment.

A segment never changes, so that what is derived from it never does: it is named after the segment
and the version of the taxonomy, remade when lost, and swept when the segment is gone. Lines are
known by a hash of their vector: what one segment has read, the next does not read again.
"""

import secrets
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from essaim.matching.bridge.items import Shares, ends, together
from essaim.matching.bridge.schemes import Version, write_durably
from essaim.matching.segment import Segment, SegmentDamagedError, arrays_of, mapped, packed
from essaim.matching.vectors import Bytes, Floats

# A line that says 1/100 of an entry says something of it. The fourth power makes an entry that all
# lines share much more likely than one that a single line has; `DOUBT` is the weight of none.
EVIDENCE, POWER, DOUBT = 100.0, 4, 4.0
ENTRIES_PER_DOCUMENT = 12
_LINES_AT_ONCE = 2_048
_KEPT_SECONDS = 600
_OPEN = 64

Keys = NDArray[np.uint64]
Tell = Callable[[float], object]


@dataclass(frozen=True)
class Profiles:
    """Of one segment and one scheme. `lines`: shares of each line, by its place. `documents`: by
    number of entry, the places of the documents that speak of it, with P(entry | profile).
    """

    lines: Shares
    documents: Shares


@dataclass(frozen=True)
class Companion:
    """What is known of a segment: `keys` of its lines, in the order of their places, and one
    `Profiles` for each scheme.
    """

    keys: Keys
    profiles: Sequence[Profiles]


class Shelves:
    """One for each index, opened as they are asked for."""

    def __init__(self) -> None:
        self._open: dict[str, Shelf] = {}
        self._lock = Lock()

    def of(self, path: str, version: Version) -> "Shelf":
        with self._lock:
            shelf = self._open.get(path)
            if shelf is None or shelf.version is not version:
                shelf = self._open[path] = Shelf(path, version)
            return shelf

    def forget(self, path: str) -> None:
        """Takes out what was derived for an index."""
        with self._lock:
            self._open.pop(path, None)
        forget(path)

    def close(self) -> None:
        with self._lock:
            self._open.clear()


class Shelf:
    """Companions of the current segments of one index."""

    def __init__(self, path: str, version: Version) -> None:
        self.version = version
        self._folder = folder_of(path)
        self._lock = Lock()
        self._open: dict[str, Companion] = {}

    def profiles(
        self, segments: Sequence[Segment], at_once: int | None
    ) -> list[Sequence[Profiles] | None]:
        """One for each segment; None where more than `at_once` lines would have to be read."""
        with self._lock:
            found = [self._companion(segment, at_once, None) for segment in segments]
            pairs = zip(segments, found, strict=True)
            known = {segment.name: one for segment, one in pairs if one}
            # Those of former segments have served; a search of few segments forgets no other.
            forgotten = len(self._open) > _OPEN
            self._open = known if forgotten else self._open | known
        return [one.profiles if one else None for one in found]

    def prepare(self, segments: Sequence[Segment], tell: Tell | None) -> None:
        total = sum(len(segment.lines) for segment in segments)
        done = 0
        with self._lock:
            for segment in segments:
                at = _part(tell, done, len(segment.lines), total)
                self._open[segment.name] = self._known(segment, None, at)
                done += len(segment.lines)
            self._open = {segment.name: self._open[segment.name] for segment in segments}
        self._sweep([segment.name for segment in segments])
        if tell:
            tell(1.0)

    def _companion(
        self, segment: Segment, at_once: int | None, tell: Tell | None
    ) -> Companion | None:
        known = self._open.get(segment.name) or self._read(segment)
        return known or self._made(segment, at_once, tell)

    def _known(self, segment: Segment, at_once: int | None, tell: Tell | None) -> Companion:
        found = self._companion(segment, at_once, tell)
        assert found is not None
        return found

    def _read(self, segment: Segment) -> Companion | None:
        if self._folder is None:
            return None
        name = self._name(segment)
        try:
            arrays = arrays_of(name, mapped(self._folder / name))
        except (OSError, SegmentDamagedError):
            return None
        return _companion_of(arrays, len(self.version.schemes))

    def _made(self, segment: Segment, at_once: int | None, tell: Tell | None) -> Companion | None:
        keys = keys_of(segment.vectors, segment.scales)
        known = [*self._open.values()]
        read = np.concatenate([np.zeros(0, np.uint64), *(one.keys for one in known)])
        new = np.flatnonzero(~np.isin(keys, read))
        if at_once is not None and len(new) > at_once:
            return None
        fresh = Companion(keys[new], self._shares(segment, new, tell))
        profiles = []
        for number, scheme in enumerate(self.version.schemes):
            sources = [(one.keys, one.profiles[number].lines) for one in (*known, fresh)]
            lines = _gathered(keys, sources)
            profiles.append(Profiles(lines, _documents(segment, lines, scheme.items.count)))
        made = Companion(keys, profiles)
        # Where it cannot be kept, it serves this process.
        with suppress(OSError):
            self._write(segment, made)
        return made

    def _shares(
        self, segment: Segment, lines: NDArray[np.int64], tell: Tell | None
    ) -> list[Profiles]:
        found: list[list[Shares]] = [[] for _ in self.version.schemes]
        for start in range(0, len(lines), _LINES_AT_ONCE):
            some = lines[start : start + _LINES_AT_ONCE]
            for scheme, parts in zip(self.version.schemes, found, strict=True):
                parts.append(scheme.items.shares(segment.vectors[some], segment.scales[some]))
            if tell:
                tell(start / len(lines))
        none = together([])
        return [Profiles(together(parts), none) for parts in found]

    def _write(self, segment: Segment, companion: Companion) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(exist_ok=True)
        unfinished = self._folder / f"{secrets.token_hex(8)}.unfinished"
        write_durably(unfinished, packed(_arrays(companion)))
        unfinished.rename(self._folder / self._name(segment))

    def _name(self, segment: Segment) -> str:
        return f"{segment.name}.{self.version.about.version}"

    def _sweep(self, names: Sequence[str]) -> None:
        if self._folder is None or not self._folder.exists():
            return
        current = {f"{name}.{self.version.about.version}" for name in names}
        for path in self._folder.iterdir():
            if path.name not in current and time.time() - path.stat().st_mtime > _KEPT_SECONDS:
                path.unlink(missing_ok=True)


def _part(tell: Tell | None, done: int, lines: int, total: int) -> Tell | None:
    return (lambda share: tell((done + share * lines) / max(total, 1))) if tell else None


def folder_of(path: str) -> Path | None:
    """Where what is derived for an index lies; nowhere for one in memory."""
    return None if path == ":memory:" else Path(f"{path}.trades")


def forget(path: str) -> None:
    folder = folder_of(path)
    if folder is not None:
        # Another process may be taking it out, or deriving anew.
        shutil.rmtree(folder, ignore_errors=True)


def keys_of(rows: Bytes, scales: Floats) -> Keys:
    """A hash of 64 bits of each line's vector, (n,); the mixing is that of SplitMix64
    (Steele, Lea and Flood 2014)."""
    padded = np.zeros((len(rows), -(-rows.shape[1] // 8) * 8), np.int8)
    padded[:, : rows.shape[1]] = rows
    words = padded.view(np.uint64)
    salts = np.arange(1, words.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    sums = _mixed(words + salts).sum(axis=1, dtype=np.uint64)
    found: Keys = _mixed(sums + scales.astype(np.float32).view(np.uint32).astype(np.uint64))
    return found


def _mixed(words: Keys) -> Keys:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _gathered(keys: Keys, sources: Sequence[tuple[Keys, Shares]]) -> Shares:
    """The rows of `keys`, from whichever source has them; each source in its own order."""
    pool = together([shares for _, shares in sources])
    held = np.concatenate([some for some, _ in sources])
    order = np.argsort(held, kind="stable")
    places = order[np.searchsorted(held, keys, sorter=order)] if len(held) else order
    return pool.rows(places)


def _documents(segment: Segment, lines: Shares, entries: int) -> Shares:
    """P(entry | profile) of each document, by entry.

    Evidence of the lines is added (its logarithm, as naive Bayes does), raised to a power and
    brought to a share of all, with a doubt: one line that many trades have says little.
    """
    owned = segment.document_lines
    spoken = lines.rows(owned.values)
    owner = np.repeat(np.arange(len(segment)), np.diff(owned.offsets))
    owner = np.repeat(owner, np.diff(spoken.offsets))
    evidence = np.log1p(spoken.worth / 255 * EVIDENCE)
    keys, where = np.unique(owner * entries + spoken.entries, return_inverse=True)
    strength = np.bincount(where, evidence, len(keys)) ** POWER
    document = keys // entries
    total = np.bincount(document, strength, len(segment)) + DOUBT**POWER
    worth = np.rint(strength / total[document] * 255).astype(np.uint8)
    return _by_entry(document, keys % entries, worth, entries)


def _by_entry(
    document: NDArray[np.int64], entry: NDArray[np.int64], worth: NDArray[np.uint8], entries: int
) -> Shares:
    """The best entries of each document, turned round; those worth nothing left out."""
    kept = worth > 0
    document, entry, worth = document[kept], entry[kept], worth[kept]
    order = np.lexsort((entry, -worth.astype(np.int16), document))
    first = np.searchsorted(document[order], document[order])
    order = order[np.arange(len(order)) - first < ENTRIES_PER_DOCUMENT]
    order = order[np.lexsort((document[order], entry[order]))]
    counts = np.bincount(entry[order], minlength=entries)
    return Shares(ends(counts), document[order].astype(np.int32), worth[order])


def _arrays(companion: Companion) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {"keys": companion.keys}
    for number, profiles in enumerate(companion.profiles):
        for name, shares in vars(profiles).items():
            arrays |= {f"{number}_{name}_{part}": array for part, array in vars(shares).items()}
    return arrays


def _companion_of(arrays: Mapping[str, NDArray[Any]], schemes: int) -> Companion:
    def shares(number: int, name: str) -> Shares:
        parts = ("offsets", "entries", "worth")
        return Shares(*(arrays[f"{number}_{name}_{part}"] for part in parts))

    numbers = range(schemes)
    profiles = [Profiles(shares(one, "lines"), shares(one, "documents")) for one in numbers]
    return Companion(arrays["keys"], profiles)
