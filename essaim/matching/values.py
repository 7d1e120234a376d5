"""What goes into the index and what comes out of it: plain values, ready for any caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Document:
    """One thing that can be found: a person, or a skill.

    `version` is the caller's own (a counter, a hash, a moment); it is given back by
    `Index.versions()` unchanged. `profile` is prose; each of `lines` is one skill, one offer, one
    wording, and can be quoted as the reason of a hit. `facets` are exact values to filter on.
    """

    id: str
    version: str | int
    profile: str = ""
    lines: Sequence[str] = ()
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Path:
    """How the bridge found a document: the entry of a taxonomy that the request touches.

    `taxonomy`: its name. `kind`: `trade` or `skill`. `labels` of the entry, by language. `line`:
    the line (or sentence of the profile) that declares it, as it was given.
    """

    taxonomy: str
    kind: str
    code: str
    labels: Mapping[str, str]
    line: str = ""


@dataclass(frozen=True)
class Reasons:
    """Why a document was found.

    `matched`: words of the request found in the document, as the user wrote them.
    `corrected`: (as written, as understood) for those of them that were misspelt.
    `line`: the line (or sentence of the profile) that answers best, as it was given, or None.
    `path`: how the bridge found it, where that says more than the words do.
    """

    matched: tuple[str, ...]
    corrected: tuple[tuple[str, str], ...]
    line: str | None
    path: Path | None = None


@dataclass(frozen=True)
class Hit:
    """A found document. `score` is in 0..1: low for all when little of the request is found.

    `parts` are the evidences before weighting, each in 0..1: `profile` and `line` (BM25 of the
    whole and of the best line, over the best of this answer and damped when that is poor), `cover`
    and `line_cover` (share of the request's information found), `cosine`, `several` and `whole`
    (likeness in meaning of the best line, of all lines together and of the whole), `letters`
    (likeness of the best line's spelling to the request, only when it weighs), `bridge` (what the
    taxonomy brings, only where the request touches it).
    """

    id: str
    score: float
    parts: Mapping[str, float]
    reasons: Reasons
