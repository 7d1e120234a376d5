"""What the operator imported, on disk.

    folder/current      the name of the version in force
    folder/<name>/      about.json; of each scheme its entries (entries-0.jsonl) and their labels
                        (labels-0.json), an index of them (entries-0.index) and the vectors of
                        their skills (items-0.bin)

A version is built beside and named last: whoever is killed on the way leaves the former one in
force, and what they left is taken out by the next import. One process at a time builds or takes
out, or it would sweep what another is building; the others wait. Entries are kept as plain text, so
that a version can be made again for another encoder without the official files.
"""

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

from essaim.matching.bridge.items import Items, item_arrays
from essaim.matching.encoder import Encoder
from essaim.matching.index import Index
from essaim.matching.segment import SegmentDamagedError, arrays_of, mapped, packed
from essaim.matching.store import IndexUnreadableError
from essaim.matching.taxonomies import Entry, Scheme
from essaim.matching.text import ANALYSER
from essaim.matching.values import Document

try:
    import fcntl
except ImportError:  # Windows: who imports twice at once may have to begin again
    fcntl = None  # type: ignore[assignment]

# Change it whenever the same files would be read otherwise.
METHOD = "1"
CURRENT, ABOUT, UNFINISHED = "current", "about.json", ".unfinished"
# Searches that began before a removal end first.
GRACE_SECONDS = 2.0
# Of the best entries of a need, so many; none below a score that only a guess reaches.
WAYS, LEAST_SCORE, TEMPERATURE = 8, 0.52, 0.04
# A few are read, a few are weighed: a search of entries takes half the time.
POOL = 32
REMEMBERED = 256
ENTRIES_AT_ONCE = 100

Tell = Callable[[float], object]
# Of each scheme: places of entries with P(entry | need), the best first.
Way = tuple[int, float]


@dataclass(frozen=True)
class About:
    """`version` depends on the entries and on the encoder; `sources`: who is to be thanked."""

    version: str
    encoder: str
    sources: tuple[str, ...]
    # Name, kind and number of entries of each scheme.
    schemes: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class OpenScheme:
    """A scheme ready to be searched. `labels`: of each entry, by language."""

    name: str
    kind: str
    codes: Sequence[str]
    labels: Sequence[dict[str, str]]
    index: Index
    items: Items


class Version:
    """A version in force, opened."""

    def __init__(self, path: Path, about: About, encoder: Encoder) -> None:
        self.about = about
        self.schemes = [
            _opened(path, number, scheme, encoder) for number, scheme in enumerate(about.schemes)
        ]
        self._places = [
            {code: place for place, code in enumerate(scheme.codes)} for scheme in self.schemes
        ]
        self.ways = lru_cache(maxsize=REMEMBERED)(self._ways)

    def close(self) -> None:
        for scheme in self.schemes:
            scheme.index.close()

    def _ways(self, text: str) -> tuple[tuple[Way, ...], ...]:
        """P(entry | need) for the best entries of each scheme; empty when the best is a guess."""
        return tuple(
            _likely(scheme, places, text)
            for scheme, places in zip(self.schemes, self._places, strict=True)
        )


def _likely(scheme: OpenScheme, places: dict[str, int], text: str) -> tuple[Way, ...]:
    import numpy as np

    hits = scheme.index.search(text, WAYS)
    if not hits or hits[0].score < LEAST_SCORE:
        return ()
    weights = np.exp((np.array([hit.score for hit in hits]) - hits[0].score) / TEMPERATURE)
    shares = (weights / weights.sum()).tolist()
    return tuple((places[hit.id], share) for hit, share in zip(hits, shares, strict=True))


class Current:
    """The version in force, opened once and again when it changes."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._lock = Lock()
        self._seen: int | None = None
        self._open: Version | None = None

    def close(self) -> None:
        with self._lock:
            self._put_down()

    def found(self) -> Version | None:
        """None when nothing is imported, or nothing that this encoder can read."""
        changed = _changed(self._folder)
        with self._lock:
            if changed != self._seen:
                self._put_down()
                self._seen = changed
                self._open = self._read() if changed is not None else None
            return self._open

    def _put_down(self) -> None:
        if self._open:
            self._open.close()
        self._open, self._seen = None, None

    def _read(self) -> Version | None:
        """A search does without what cannot be read: it goes on as if nothing were imported."""
        try:
            name, about = _in_force(self._folder)
            if about is None or about.encoder != _signature(self._encoder):
                return None
            return Version(self._folder / name, about, self._encoder)
        except (SegmentDamagedError, IndexUnreadableError, OSError, ValueError):
            return None


def install(
    folder: Path, schemes: Sequence[Scheme], encoder: Encoder, tell: Tell | None = None
) -> About:
    """Puts a version in force and takes the former ones out. `tell`: the share that is done."""
    with _alone(folder):
        return _install(folder, schemes, encoder, tell or (lambda share: None))


def _install(folder: Path, schemes: Sequence[Scheme], encoder: Encoder, tell: Tell) -> About:
    about = _described(schemes, encoder)
    path = folder / f"{about.version}-{secrets.token_hex(4)}"
    path.mkdir()
    try:
        for number, scheme in enumerate(schemes):
            _write_scheme(path, number, scheme, encoder, _part(tell, number, len(schemes)))
        write_durably(path / ABOUT, [json.dumps(asdict(about)).encode()])
    except BaseException:
        # A disk that was full is so no more.
        shutil.rmtree(path, ignore_errors=True)
        raise
    _put_in_force(folder, path.name)
    _sweep(folder, kept=path.name)
    tell(1.0)
    return about


def _part(tell: Tell, number: int, count: int) -> Tell:
    return lambda share: tell((number + share) / count)


def mend(folder: Path, encoder: Encoder, tell: Tell | None = None) -> About | None:
    """Makes the version in force again from its entries when it was made for another encoder."""
    _name, about = _in_force(folder)
    if about is None or about.encoder == _signature(encoder):
        return about
    with _alone(folder):
        name, about = _in_force(folder)
        if about is None or about.encoder == _signature(encoder):
            return about
        schemes = [
            Scheme(*scheme[:2], source, list(_entries(folder / name, number)))
            for number, (scheme, source) in enumerate(
                zip(about.schemes, about.sources, strict=True)
            )
        ]
        return _install(folder, schemes, encoder, tell or (lambda share: None))


def _in_force(folder: Path) -> tuple[str, About | None]:
    name = named(folder) or ""
    return name, _about(folder / name) if name else None


def remove(folder: Path) -> bool:
    """Takes everything out; False when nothing was imported."""
    if not folder.exists():
        return False
    with _alone(folder):
        (folder / CURRENT).unlink(missing_ok=True)
        time.sleep(GRACE_SECONDS)
        shutil.rmtree(folder)
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """A lock on the folder itself, so that nothing is left when it is taken out."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = -1 if fcntl is None else _locked(folder)
    try:
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _locked(folder: Path) -> int:
    """Begins again with the new folder when whoever held the lock took the former one out."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if folder.exists() and os.path.samestat(folder.stat(), os.fstat(descriptor)):
            return descriptor
        os.close(descriptor)


def named(folder: Path) -> str | None:
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def _changed(folder: Path) -> int | None:
    try:
        return (folder / CURRENT).stat().st_mtime_ns
    except OSError:
        return None


def _about(path: Path) -> About | None:
    try:
        said = json.loads((path / ABOUT).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return About(
        said["version"],
        said["encoder"],
        tuple(said["sources"]),
        tuple((name, kind, count) for name, kind, count in said["schemes"]),
    )


def _signature(encoder: Encoder) -> str:
    return f"{METHOD} {ANALYSER} {encoder.name} {encoder.version} {encoder.dims}"


def _described(schemes: Sequence[Scheme], encoder: Encoder) -> About:
    signature = _signature(encoder)
    digest = sha256(signature.encode())
    for scheme in schemes:
        digest.update(f"{scheme.name} {scheme.kind}\n".encode())
        for line in _lines(scheme):
            digest.update(line.encode())
    return About(
        digest.hexdigest()[:16],
        signature,
        tuple(scheme.source for scheme in schemes),
        tuple((scheme.name, scheme.kind, len(scheme.entries)) for scheme in schemes),
    )


def _lines(scheme: Scheme) -> Iterator[str]:
    for entry in scheme.entries:
        yield json.dumps(asdict(entry), ensure_ascii=False) + "\n"


def _write_scheme(path: Path, number: int, scheme: Scheme, encoder: Encoder, tell: Tell) -> None:
    with (path / f"entries-{number}.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(_lines(scheme))
    labels = [[entry.code, dict(entry.labels)] for entry in scheme.entries]
    write_durably(path / f"labels-{number}.json", [json.dumps(labels).encode()])
    with Index(path / f"entries-{number}.index", encoder) as index:
        # All at once: one segment, and no former one to sweep.
        index.put(_documents(scheme.entries, lambda share: tell(0.8 * share)))
    items = item_arrays([entry.skills for entry in scheme.entries], encoder)
    write_durably(path / f"items-{number}.bin", packed(items))
    tell(0.99)


def _documents(entries: Sequence[Entry], tell: Tell) -> Iterator[Document]:
    for number, entry in enumerate(entries):
        if number % ENTRIES_AT_ONCE == 0:
            tell(number / len(entries))
        yield _document(entry)


def write_durably(path: Path, pieces: Sequence[bytes | memoryview]) -> None:
    with path.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _document(entry: Entry) -> Document:
    lines = list(dict.fromkeys([*entry.wordings, *entry.skills]))
    return Document(entry.code, 1, entry.definition, lines)


def _put_in_force(folder: Path, version: str) -> None:
    beside = folder / f"{CURRENT}{UNFINISHED}"
    write_durably(beside, [version.encode()])
    beside.replace(folder / CURRENT)


def _sweep(folder: Path, *, kept: str) -> None:
    former = [path for path in folder.iterdir() if path.is_dir() and path.name != kept]
    if former:
        time.sleep(GRACE_SECONDS)
    for path in former:
        shutil.rmtree(path, ignore_errors=True)


def _entries(path: Path, number: int) -> Iterator[Entry]:
    with (path / f"entries-{number}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield Entry(**json.loads(line))


def _opened(path: Path, number: int, scheme: tuple[str, str, int], encoder: Encoder) -> OpenScheme:
    labels = json.loads((path / f"labels-{number}.json").read_text(encoding="utf-8"))
    name = f"items-{number}.bin"
    return OpenScheme(
        scheme[0],
        scheme[1],
        [code for code, _ in labels],
        [said for _, said in labels],
        Index(path / f"entries-{number}.index", encoder, pool=POOL),
        Items.read(arrays_of(name, mapped(path / name))),
    )
