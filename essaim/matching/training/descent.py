"""Learns the vectors of features so that the two texts of a pair lie closer than any others.

Symmetric contrastive loss over the pairs of a batch (InfoNCE: van den Oord, Li and Vinyals,
"Representation Learning with Contrastive Predictive Coding", 2018), by Adagrad with one rate per
feature (Duchi, Hazan and Singer 2011). Pairs of one batch are of one kind, so that counter-examples
are of the same nature; two of one group are no counter-example of each other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from essaim.matching.training.corpus import Corpus

Vectors = NDArray[np.float32]
# Of how much of the work is done, in 0..1, and of the loss of the last batch.
Progress = Callable[[float, float], None]


# How the names of those kinds of pairs begin (pairs.py).
LOOSE = ("skill", "family")


@dataclass(frozen=True)
class Settings:
    """The `rate` falls in a line to a twentieth of itself.

    A temperature divides the cosines: the lower it is, the more only the nearest counter-examples
    count. Skills that go together resemble each other less than two names of one trade, and ask
    for a higher one (`loose`): +0.025 MRR on skills against one temperature of 0.05 for all.
    """

    dims: int = 128
    epochs: int = 4
    batch: int = 1024
    rate: float = 0.15
    temperature: float = 0.06
    loose: float = 0.12
    seed: int = 1

    def temperature_of(self, kind: str) -> float:
        return self.loose if kind.startswith(LOOSE) else self.temperature


def learn(corpus: Corpus, settings: Settings, progress: Progress) -> Vectors:
    """(features, dims); the vector of a text is the sum of those of its features."""
    chance = np.random.default_rng(settings.seed)
    shape = (corpus.matrix.shape[1], settings.dims)
    vectors = (chance.standard_normal(shape) / np.sqrt(settings.dims)).astype(np.float32)
    squares = np.full(shape[0], 1e-8, np.float32)
    plan = _plan(corpus, settings, chance)
    for step, (kind, places) in enumerate(plan):
        one, other, groups = corpus.pairs[kind][places].T
        texts = corpus.matrix[np.concatenate([one, other])]
        touched, local = np.unique(texts.indices, return_inverse=True)
        part = sparse.csr_matrix(
            (texts.data, local, texts.indptr), shape=(texts.shape[0], len(touched))
        )
        change, loss = _gradient(part, vectors[touched], groups, settings.temperature_of(kind))
        squares[touched] += (change * change).mean(axis=1)
        rate = settings.rate * max(0.05, 1 - step / len(plan))
        vectors[touched] -= rate * change / np.sqrt(squares[touched])[:, None]
        progress((step + 1) / len(plan), loss)
    weighted: Vectors = vectors * np.sqrt(corpus.idf)[:, None]
    return weighted


def _plan(
    corpus: Corpus, settings: Settings, chance: np.random.Generator
) -> list[tuple[str, NDArray[np.int64]]]:
    """Every pair once an epoch, in batches of one kind, kinds and pairs in a drawn order."""
    plan = []
    for _ in range(settings.epochs):
        batches = []
        for kind, pairs in corpus.pairs.items():
            count = max(1, round(len(pairs) / settings.batch))
            shuffled = np.array_split(chance.permutation(len(pairs)), count)
            batches += [(kind, places) for places in shuffled]
        plan += [batches[place] for place in chance.permutation(len(batches))]
    return plan


def _gradient(
    texts: sparse.csr_matrix, vectors: Vectors, groups: NDArray[np.int64], temperature: float
) -> tuple[Vectors, float]:
    """Of the loss by the vectors; the first half of `texts` pairs with the second, in order."""
    sums = texts @ vectors
    lengths = np.linalg.norm(sums, axis=1, keepdims=True) + 1e-6
    units = sums / lengths
    half = len(groups)
    left, right = units[:half], units[half:]
    cosines = left @ right.T / temperature
    allied = groups[:, None] == groups[None, :]
    np.fill_diagonal(allied, val=False)
    weights = np.exp(cosines - cosines.max())
    weights[allied] = 0
    by_row = weights / weights.sum(axis=1, keepdims=True)
    by_column = weights / weights.sum(axis=0, keepdims=True)
    pull = (by_row + by_column - 2 * np.eye(half, dtype=np.float32)) / (2 * half * temperature)
    turn = np.concatenate([pull @ right, pull.T @ left])
    turn = (turn - units * (turn * units).sum(axis=1, keepdims=True)) / lengths
    loss = -np.log(np.diag(by_row) + 1e-9).mean()
    return texts.T @ turn, float(loss)
