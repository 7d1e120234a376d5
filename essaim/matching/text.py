"""From a sentence to words that can be compared.

Case and accents go first and the French Snowball stem comes after: the same quality as stemming
accented text (measured on ROME and ESCO), and people who type without accents lose nothing.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

from essaim.matching.words import CLIPPED, STOP

# Part of the analyser: a change here or in the lists of words empties the side files (store.py).
ANALYSER = "5"

QUERY_LENGTH = 2_000
DOCUMENT_LENGTH = 20_000
WORD_LENGTH = 40

_DOT = r"[·•‧∙⋅.\-/]"
_FEMININE = (
    r"(?:e|es|ne|nes|te|tes|le|les|ve|ves|se|ses|fe|fes|euse|euses|rice|rices|trice|trices"
    r"|[eè]re|[eè]res|i[eè]re|i[eè]res|esse|esses|enne|ennes)"
)
_INCLUSIVE = rf"(?:{_DOT}{_FEMININE}(?:{_DOT}?s)?|\({_FEMININE}\)s?|{_DOT}s)(?![^\W_])"
_TOKEN = re.compile(
    rf"""(?P<acronym>(?<![^\W_])(?:[^\W\d_]\.){{2,}}[^\W\d_]?(?![^\W_]))
       | (?P<word>(?:(?<![^\W_])(?:e|co|re|pr[eé]|auto|anti|inter|multi)-)?[^\W_]+(?:-up)?)
         (?:{_INCLUSIVE})?""",
    re.VERBOSE | re.IGNORECASE,
)
_ELISION = re.compile(
    r"(?<![^\W_])(?:l|d|j|m|t|s|n|c|(?:jus|lors|puis|quoi|quel)?qu)['’‘ʼ′`](?=[^\W_])|['’]s\b",
    re.IGNORECASE,
)
_BOTH_SEXES = re.compile(r"\(?\b[hfm]\s?/\s?[hfm](?:\s?/\s?[xd])?\b\)?", re.IGNORECASE)
_MARKS = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f]")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_GENDER = re.compile(
    r"(?:(?<=.{2}t)rice|(?<=.{3})eu(?:se|x)|(?<=.{3}i)(?:ere|enne)|(?<=.{2}f)fe)(?=s?$)"
)
_MASCULINE = {"rice": "eur", "euse": "eur", "eux": "eur", "ere": "er", "enne": "en", "fe": ""}

_stemmers = threading.local()


@dataclass(frozen=True, slots=True)
class Token:
    """A word as written (`surface`), made plain (`word`), and its French `stem`."""

    surface: str
    word: str
    stem: str


def tokens(text: str, *, limit: int = QUERY_LENGTH) -> Iterator[Token]:
    """Every word of the first `limit` characters, grammar included, in order."""
    readable = _MARKS.sub("", unicodedata.normalize("NFKC", text[:limit])[:limit])
    readable = _BOTH_SEXES.sub(" ", _ELISION.sub(" ", readable))
    for match in _TOKEN.finditer(readable):
        word = plain(match["word"] or match["acronym"])
        word = CLIPPED.get(word, word)
        if word:
            yield Token(match.group(), word, french_stem(word))


def content(text: str, *, limit: int = DOCUMENT_LENGTH) -> list[Token]:
    """The words of a document that are not grammar; a lone letter says nothing either."""
    return [token for token in tokens(text, limit=limit) if not is_empty(token.word)]


def is_empty(word: str) -> bool:
    return word in STOP or (len(word) == 1 and word.isascii() and not word.isdigit())


@lru_cache(maxsize=8_192)
def plain(written: str) -> str:
    """Lower case, without accent, hyphen or dot: `É-Mail` and `email` are one word."""
    decomposed = unicodedata.normalize("NFKD", written.lower().translate(_LIGATURES))
    return "".join(letter for letter in decomposed if letter.isalnum())[:WORD_LENGTH]


@lru_cache(maxsize=8_192)
def french_stem(word: str) -> str:
    """Acronyms (up to three letters) stay whole; « directrice » and « directeurs » become one."""
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    masculine = _GENDER.sub(lambda match: _MASCULINE[match.group()], word)
    return _stem("french", masculine)


@lru_cache(maxsize=8_192)
def english_stem(word: str) -> str:
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    return _stem("english", word)


def _stem(language: str, word: str) -> str:
    # A Snowball stemmer keeps its working word on itself: one per thread.
    stem: Callable[[str], str] | None = getattr(_stemmers, language, None)
    if stem is None:
        stem = Stemmer.Stemmer(language).stemWord
        setattr(_stemmers, language, stem)
    return stem(word)


def sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?;…])\s+|\n+", text) if part.strip()]
