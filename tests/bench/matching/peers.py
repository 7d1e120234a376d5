"""What others would find: plain BM25, and the searches of the best-known peers, written anew.

`matching.md` describes them; none of their code is here. Each is given the same documents.

    bm25            any word, our stems, no spelling: Okapi BM25 (Robertson and Zaragoza 2009)
    and_prefix      every word as a prefix, accents ignored (TimeOverflow)
    and_stem        the same with French stop words left out and stems (les-emplois, autocomplete)
    trigram         more than 0.2 of the label's letter trigrams shared, as PostgreSQL's `pg_trgm`
                    counts them (Le marché)
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from essaim.matching import Document
from essaim.matching.text import content, plain, tokens
from essaim.matching.words import STOP

K1, B = 1.2, 0.75
SIMILAR = 0.2
DEPTH = 100

Search = Callable[[str], list[str]]
Analyse = Callable[[str], list[str]]
Scores = NDArray[np.float64]
_WORD = re.compile(r"[^\W_]+")


def bm25(documents: Sequence[Document]) -> Search:
    postings = Postings(documents, _stems)
    return lambda text: postings.any_of(_stems(text))


def and_prefix(documents: Sequence[Document]) -> Search:
    postings = Postings(documents, _plain_words)
    return lambda text: postings.all_prefixes(_plain_words(text))


def and_stem(documents: Sequence[Document]) -> Search:
    postings = Postings(documents, _french)
    return lambda text: postings.all_prefixes(_french(text))


def _stems(text: str) -> list[str]:
    return [token.stem for token in content(text)]


def _plain_words(text: str) -> list[str]:
    return [plain(word) for word in _WORD.findall(text)]


def _french(text: str) -> list[str]:
    return [token.stem for token in tokens(text, limit=20_000) if token.word not in STOP]


class Postings:
    """Which documents hold each term, how often; terms sorted, so that a prefix is a range."""

    def __init__(self, documents: Sequence[Document], analyse: Analyse) -> None:
        self._ids = [document.id for document in documents]
        texts = [analyse("\n".join([one.profile, *one.lines])) for one in documents]
        lengths = np.array([len(words) for words in texts], dtype=np.float64)
        self._norms = K1 * (1 - B + B * lengths / max(lengths.mean(), 1.0))
        self._held: dict[str, tuple[NDArray[np.intp], Scores]] = _held(texts)
        self._terms = sorted(self._held)

    def any_of(self, words: Iterable[str]) -> list[str]:
        scores = np.zeros(len(self._ids))
        for word, times in Counter(words).items():
            if word in self._held:
                scores += times * self._weights([word])
        return best(self._ids, scores)

    def all_prefixes(self, words: Sequence[str]) -> list[str]:
        """Those that hold every word; a search without words finds nothing."""
        each = [self._weights(self._beginning(word)) for word in dict.fromkeys(words)]
        if not each:
            return []
        scores = np.sum(each, axis=0)
        scores[np.min(each, axis=0) <= 0] = 0
        return best(self._ids, scores)

    def _beginning(self, prefix: str) -> list[str]:
        first = bisect_left(self._terms, prefix)
        return self._terms[first : bisect_left(self._terms, prefix + "\U0010ffff", lo=first)]

    def _weights(self, terms: Sequence[str]) -> Scores:
        """BM25 of one word that may be written in several ways."""
        times = np.zeros(len(self._ids))
        for term in terms:
            numbers, counts = self._held[term]
            times[numbers] += counts
        holders = np.count_nonzero(times)
        rarity = np.log(1 + (len(times) - holders + 0.5) / (holders + 0.5))
        return np.asarray(rarity * times * (K1 + 1) / (times + self._norms))


def _held(texts: list[list[str]]) -> dict[str, tuple[NDArray[np.intp], Scores]]:
    numbers, counts = defaultdict(list), defaultdict(list)
    for number, words in enumerate(texts):
        for word, times in Counter(words).items():
            numbers[word].append(number)
            counts[word].append(times)
    return {
        word: (np.array(found, dtype=np.intp), np.array(counts[word], dtype=np.float64))
        for word, found in numbers.items()
    }


def trigram(documents: Sequence[Document]) -> Search:
    """Similarity: trigrams in common over trigrams of either; each word is padded `  word `."""
    ids = [document.id for document in documents]
    labels = [_trigrams(_label(document)) for document in documents]
    sizes = np.array([len(label) for label in labels], dtype=np.float64)
    holders = {letters: held[0] for letters, held in _held([list(one) for one in labels]).items()}

    def search(text: str) -> list[str]:
        wanted, common = _trigrams(text), np.zeros(len(ids))
        for letters in wanted & holders.keys():
            common[holders[letters]] += 1
        alike = common / np.maximum(len(wanted) + sizes - common, 1)
        # In PostgreSQL a fifth, held in single precision, is more than 0.2.
        return best(ids, np.where(alike >= SIMILAR, alike, 0))

    return search


def _label(document: Document) -> str:
    return document.lines[0] if document.lines else document.profile.split("\n")[0]


def _trigrams(text: str) -> frozenset[str]:
    return frozenset().union(*map(_letters, _WORD.findall(text.lower())))


@lru_cache(maxsize=65_536)
def _letters(word: str) -> frozenset[str]:
    padded = f"  {word} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def best(ids: Sequence[str], scores: Scores) -> list[str]:
    """The hundred best of those above zero, equals in the order of the documents."""
    found = np.flatnonzero(scores > 0)
    if len(found) > DEPTH:
        limit = np.partition(scores[found], -DEPTH)[-DEPTH]
        found = found[scores[found] >= limit]
    order = np.argsort(-scores[found], kind="stable")[:DEPTH]
    return [ids[number] for number in found[order]]
