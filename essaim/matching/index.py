"""The index: documents in, ranked documents out."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from essaim.matching.spelling import Spelling
from essaim.matching.store import Store, fact, set_fact
from essaim.matching.values import Document, Hit

if TYPE_CHECKING:
    from essaim.matching.bridge import Bridge
    from essaim.matching.encoder import Encoder
    from essaim.matching.ranking import Laws
    from essaim.matching.segment import Segment

Facets = Mapping[str, str | Collection[str]]


class Index:
    """Documents of one kind in one side file and the folder of its segments (or ":memory:").

    For all threads and processes: a change is seen by the next search of each. Without `encoder`,
    words alone are compared; `laws` say what each evidence weighs. `pool`: how many are weighed
    exactly, at least.

    Raises `IndexUnreadableError` when the file is damaged or belongs to something else. A file
    written by another version of the analyser or of the encoder is emptied on opening: `mark()` is
    then None and the caller indexes again.
    """

    def __init__(
        self,
        path: str | Path,
        encoder: "Encoder | None" = None,
        laws: "Laws | None" = None,
        *,
        pool: int | None = None,
    ) -> None:
        # numpy is only loaded by a process that has an index.
        from essaim.matching.ranking import LEXICAL, SEMANTIC
        from essaim.matching.searching import POOL, Searcher
        from essaim.matching.shelf import Shelf

        version = f"{encoder.name} {encoder.version} {encoder.dims}" if encoder else ""
        self._store = Store(path, version)
        self._shelf = Shelf(self._store.path)
        self._encoder = encoder
        self._usual = SEMANTIC if encoder else LEXICAL
        self._searcher = Searcher(Spelling(), encoder, laws or self._usual, pool or POOL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._store.close()

    @property
    def laws(self) -> "Laws":
        """What each evidence weighs now."""
        return self._searcher.laws

    def follow(self, laws: "Laws | None") -> None:
        """From the next search on, these laws; the usual ones when None."""
        wanted = laws or self._usual
        if wanted != self._searcher.laws:
            self._searcher = replace(self._searcher, laws=wanted)

    def put(self, documents: Iterable[Document], *, mark: str | None = None) -> None:
        """Adds or replaces by id, all or none."""
        self.change(put=documents, mark=mark)

    def remove(self, ids: Iterable[str], *, mark: str | None = None) -> None:
        """Takes out; an unknown id is no error."""
        self.change(remove=ids, mark=mark)

    def change(
        self,
        *,
        put: Iterable[Document] = (),
        remove: Iterable[str] = (),
        mark: str | None = None,
    ) -> None:
        """Removes, then puts, then notes how far the caller has read, in one transaction."""
        from essaim.matching.writing import Change

        with self._store.writing() as connection:
            change = Change(connection, self._shelf, self._encoder)
            change.remove(remove)
            change.put(put)
            change.finish()
            if mark is not None:
                set_fact(connection, "mark", mark)

    def merge(self) -> None:
        """Brings the segments together where there are many: seconds for 100,000 documents.

        Searches and changes go on meanwhile. To be called now and then by whoever has time.
        """
        while self._shelf.merge(self._store):
            pass

    def mark(self) -> str | None:
        """The opaque string stored with the last change that carried one."""
        with self._store.reading() as connection:
            return fact(connection, "mark")

    def versions(self, within: Collection[str] | None = None) -> dict[str, str | int]:
        """What is indexed: id to version, as they were given; of those ids only, when given."""
        condition = "" if within is None else "WHERE id IN (SELECT value FROM json_each(?))"
        values = [] if within is None else [json.dumps(list(within))]
        with self._store.reading() as connection:
            rows = connection.execute(
                f"SELECT id, version FROM document {condition} ORDER BY id",  # noqa: S608
                values,
            )
            return dict(rows)

    def words(self, text: str) -> int:
        """How many words of a request say something: what evidences weigh follows (`Laws`)."""
        with self._store.reading() as connection:
            return self._searcher.words(connection, text)

    def search(
        self,
        text: str,
        k: int = 20,
        *,
        within: Collection[str] | None = None,
        facets: Facets | None = None,
        bridge: "Bridge | None" = None,
    ) -> list[Hit]:
        """At most `k` documents for a sentence, best first, equals by id; never fails on `text`.

        `within` keeps those ids only (an empty collection keeps none); `facets` keeps documents
        having, for each name, the value or one of the values. Only the first 2,000 characters and
        40 words are read. `bridge` also finds, among the same documents, those that declare the
        skills of a trade that the sentence touches.
        """
        crossing = bridge.crossing(text, self.path) if bridge else None
        with self._store.reading() as connection:
            view = self._shelf.view(connection)
            only = (within, facets or {})
            return self._searcher.search(connection, view, text, k, only, crossing)

    @property
    def path(self) -> str:
        return self._store.path

    def segments(self) -> "list[Segment]":
        """The current ones, for what is derived from them."""
        with self._store.reading() as connection:
            return [live.segment for live in self._shelf.view(connection).parts]
