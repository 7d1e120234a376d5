"""Corrects unknown words on the words of the index itself: no dictionary, no model.

Optimal string alignment distance (Boytsov 2011, restricted Damerau-Levenshtein): one edit for
words of four and five letters, two from six.
"""

import json
import math
import sqlite3
import threading
from collections import defaultdict
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import OSA

from essaim.matching.store import fact

CORRECTIONS_KEPT = 2_000


@dataclass
class _Known:
    """The vocabulary of one generation, by length then first letter."""

    generation: str | None
    words: dict[int, dict[str, list[str]]]
    corrections: dict[str, str | None] = field(default_factory=dict)


class Spelling:
    """Keeps the vocabulary in memory (about 70 bytes a word) until its generation changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known = _Known(None, {})

    def correct(self, connection: sqlite3.Connection, word: str) -> str | None:
        """The nearest word of the index, the more used of equals, or None."""
        allowed = _edits_allowed(word)
        if not allowed:
            return None
        known = self._of_now(connection)
        if word not in known.corrections:
            if len(known.corrections) >= CORRECTIONS_KEPT:
                known.corrections.clear()
            known.corrections[word] = _nearest(connection, known.words, word, allowed)
        return known.corrections.get(word)

    def _of_now(self, connection: sqlite3.Connection) -> _Known:
        generation = fact(connection, "generation")
        with self._lock:
            if self._known.generation != generation:
                self._known = _Known(generation, _by_length(connection))
            return self._known


def is_written(connection: sqlite3.Connection, word: str) -> bool:
    row = connection.execute("SELECT EXISTS (SELECT 1 FROM word WHERE word = ?)", (word,))
    return bool(row.fetchone()[0])


def is_known(connection: sqlite3.Connection, french: str, english: str) -> bool:
    """Known under any ending: « financer » is, when somebody wrote « financement »."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM word WHERE french = ?)"
        " OR EXISTS (SELECT 1 FROM word WHERE english = ?)",
        (french, english),
    )
    return bool(row.fetchone()[0])


def relative(connection: sqlite3.Connection, stem: str) -> str | None:
    """For a word that nothing is near: one of its family, « tatoueur » giving « tatouage ».

    Shares at least five letters and six tenths of the stem from its start.
    """
    for length in range(len(stem) - 1, max(4, math.ceil(0.6 * len(stem)) - 1), -1):
        row = connection.execute(
            "SELECT word FROM word WHERE word >= ?1 AND word < ?1 || '{'"
            " ORDER BY documents DESC, word LIMIT 1",
            (stem[:length],),
        ).fetchone()
        if row:
            return str(row[0])
    return None


def shown(connection: sqlite3.Connection, word: str) -> str:
    """The word with its accents, as somebody wrote it in the index."""
    row = connection.execute("SELECT shown FROM word WHERE word = ?", (word,)).fetchone()
    return word if row is None else str(row[0])


def _edits_allowed(word: str) -> int:
    if len(word) < 4 or not word.isalpha():
        return 0
    return 1 if len(word) < 6 else 2


def _by_length(connection: sqlite3.Connection) -> dict[int, dict[str, list[str]]]:
    words: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (word,) in connection.execute("SELECT word FROM word WHERE length(word) >= 3"):
        words[len(word)][word[0]].append(word)
    return words


def _nearest(
    connection: sqlite3.Connection,
    words: dict[int, dict[str, list[str]]],
    word: str,
    allowed: int,
) -> str | None:
    """Same first letter first: it is seldom the one that is missed."""
    lengths = [words.get(len(word) + step, {}) for step in range(-allowed, allowed + 1)]
    near = [item for letters in lengths for item in letters.get(word[0], ())]
    best = _closest(near, word, allowed)
    if not best or best[0] > 1:
        others = [
            item
            for letters in lengths
            for first, group in letters.items()
            if first != word[0]
            for item in group
        ]
        best = min(best, _closest(others, word, 1), key=lambda found: found[0] if found else 9)
    return _most_used(connection, best[1]) if best else None


def _closest(choices: list[str], word: str, allowed: int) -> tuple[int, list[str]] | tuple[()]:
    found = process.extract(
        word, choices, scorer=OSA.distance, score_cutoff=allowed, limit=None, processor=None
    )
    if not found:
        return ()
    distance = min(score for _, score, _ in found)
    return int(distance), [choice for choice, score, _ in found if score == distance]


def _most_used(connection: sqlite3.Connection, candidates: list[str]) -> str:
    row = connection.execute(
        "SELECT word FROM word WHERE word IN (SELECT value FROM json_each(?))"
        " ORDER BY documents DESC, word LIMIT 1",
        (json.dumps(candidates),),
    ).fetchone()
    return str(row[0])
