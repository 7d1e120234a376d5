"""What the encoder adds up for a text: its words' stems, pieces of its words, its neighbours.

Subword features keep a vector for words never seen (Bojanowski et al., "Enriching Word Vectors
with Subword Information", 2017); each is known by the CRC-32 of its spelling, so that no
dictionary is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from essaim.matching.text import english_stem, is_empty, tokens

PIECES = (3, 4, 5)
TEXT_LENGTH = 600


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, made plain, with its French stem."""

    plain: str
    stem: str


def words(text: str) -> Iterator[Word | None]:
    """The words that say something, each once; None where grammar stood between two."""
    seen = set()
    for token in tokens(text, limit=TEXT_LENGTH):
        if is_empty(token.word):
            yield None
        elif token.stem not in seen:
            seen.add(token.stem)
            yield Word(token.word, token.stem)


def of_word(word: Word) -> list[int]:
    """Both stems, and each run of 3 to 5 letters of the word between its ends."""
    whole = f"^{word.plain}$"
    stems = dict.fromkeys((word.stem, english_stem(word.plain)))
    pieces = [
        whole[start : start + length]
        for length in PIECES
        for start in range(len(whole) - length + 1)
    ]
    return [*(hashed("w", stem) for stem in stems), *(hashed("c", piece) for piece in pieces)]


def of_neighbours(left: Word, right: Word) -> int:
    """« réseaux sociaux » is not « assistant social »."""
    return hashed("b", f"{left.stem} {right.stem}")


def hashed(kind: str, written: str) -> int:
    return crc32(f"{kind}:{written}".encode())
