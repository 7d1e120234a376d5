"""The texts of the pairs as a sparse matrix of features."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from essaim.matching import features
from essaim.matching.features import Word
from essaim.matching.training.pairs import Pair

# A feature met fewer times is left out: it would be learned by heart.
RARE = 3


@dataclass
class Corpus:
    """`matrix`: texts × features, rows of length 1, weighted by the root of the idf.

    `hashes`: (features,) sorted. `idf`: (features,), of which the root is to be kept in the
    vectors. `pairs`: by kind, (n, 3) of rows and group.
    """

    matrix: sparse.csr_matrix
    hashes: NDArray[np.int64]
    idf: NDArray[np.float32]
    pairs: dict[str, NDArray[np.int64]]


def corpus(drawn: Mapping[str, Sequence[Pair]]) -> Corpus:
    texts = _numbered(text for pairs in drawn.values() for pair in pairs for text in pair[:2])
    counted, hashes = _counted(list(texts))
    held = np.asarray((counted > 0).sum(axis=0)).ravel()
    idf = np.log(1 + counted.shape[0] / (1 + held)).astype(np.float32)
    weighted = counted @ sparse.diags(np.sqrt(idf))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    matrix = (sparse.diags(1 / np.maximum(lengths, 1e-6)) @ weighted).tocsr().astype(np.float32)
    matrix.sort_indices()
    rows = {
        kind: np.array([(texts[one], texts[other], group) for one, other, group in pairs])
        for kind, pairs in drawn.items()
    }
    return Corpus(matrix, hashes, idf, rows)


def _numbered(values: Iterable[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for value in values:
        numbers.setdefault(value, len(numbers))
    return numbers


def _counted(texts: list[str]) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """Times each feature stands in each text, and the hashes of the features kept."""
    hashes: list[int] = []
    ends = [0]
    known: dict[Word, list[int]] = {}
    for text in texts:
        previous = None
        for word in features.words(text):
            if word is not None:
                hashes += known.get(word) or known.setdefault(word, features.of_word(word))
                if previous is not None:
                    hashes.append(features.of_neighbours(previous, word))
            previous = word
        ends.append(len(hashes))
    return _kept(np.array(hashes, np.int64), np.array(ends), texts)


def _kept(
    hashes: NDArray[np.int64], ends: NDArray[np.int64], texts: list[str]
) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    met, times = np.unique(hashes, return_counts=True)
    kept = met[times >= RARE]
    places = np.minimum(np.searchsorted(kept, hashes), len(kept) - 1)
    values = (kept[places] == hashes).astype(np.float32)
    matrix = sparse.csr_matrix((values, places, ends), shape=(len(texts), len(kept)))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix, kept
