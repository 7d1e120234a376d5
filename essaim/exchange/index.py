"""The side files of matching (people, skills, needs, ventures), kept true by reading what changed.

Nothing is pushed: each search first asks one question, "whose `matched_at` is newer than my mark?"
A transaction may commit after a younger one did, so the question goes back a little before the
mark; and once an hour a duty compares everything. Whoever changes what is read here calls
`essaim.people.freshness.touch`. A side file holds nothing of its own: damaged, it is put aside and
filled again.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from essaim.core.duties import duty
from essaim.core.prepared import Prepared
from essaim.exchange import learned_weights, taxonomy
from essaim.exchange.models import Need, NeedState
from essaim.exchange.texts import (
    FINDABLE,
    RESIDENT,
    need_documents,
    person_documents,
    skill_documents,
    venture_documents,
)
from essaim.matching import Document, Hit, Index, IndexUnreadableError
from essaim.matching.bridge import profiles
from essaim.matching.encoder import default_encoder
from essaim.people.models import Person, Skill, SkillState, Venture

T = TypeVar("T")
Stamp = tuple[int, int] | None
# An id with its version; None when it may no longer be found.
Rows = list[tuple[UUID, str | None]]

OVERLAP = timedelta(minutes=2)
# To move the mark is a write, which a search that finds nothing new need not pay each time.
MARK_EVERY = timedelta(minutes=1)
CHUNK = 500


@dataclass(frozen=True)
class Source:
    """Where a side file is filled from. `at_once`: what a visitor's search reads anew at most."""

    file: str
    rows: Callable[[datetime | None], Rows]
    documents: Callable[[dict[UUID, str]], list[Document]]
    at_once: int | None = None


def _people(since: datetime | None) -> Rows:
    # The first reading has nothing to remove, and a network has more leavers than members.
    findable = Person.objects.filter(state__in=FINDABLE)
    rows = _changed_people(since=since) if since else _last_first(findable, "matched_at")
    return [(pk, at.isoformat() if state in FINDABLE else None) for pk, at, state in rows]


def _dated_people(since: datetime) -> QuerySet[Any, Any]:
    return _last_first(Person.objects.filter(matched_at__gte=since), "matched_at")


def _skills(since: datetime | None) -> Rows:
    rows = (
        _changed_skills(since=since) if since else _last_first(Skill.objects.usable(), "changed_at")
    )
    return [(pk, at.isoformat() if state != SkillState.MERGED else None) for pk, at, state in rows]


def _dated_skills(since: datetime) -> QuerySet[Any, Any]:
    return _last_first(Skill.objects.filter(changed_at__gte=since), "changed_at")


def _last_first(rows: QuerySet[Any], moment: str) -> QuerySet[Any, Any]:
    return rows.order_by(F(moment).desc()).values_list("pk", moment, "state")


_changed_people = Prepared(_dated_people, since=datetime)
_changed_skills = Prepared(_dated_skills, since=datetime)


def _needs(since: datetime | None) -> Rows:
    """Told ones, whatever became of them. Who is erased empties theirs, and was touched then.

    Never their words: a network has hundreds of thousands.
    """
    found = Need.objects.annotate(told=_told()).order_by(F("matched_at").desc())
    some = [found.filter(told=True)]
    if since:
        # Two questions, for each has its index.
        touched = Person.objects.filter(matched_at__gte=since).values("pk")
        some = [found.filter(matched_at__gte=since), found.filter(author__in=touched)]
    rows = (row for needs in some for row in needs.values_list("pk", "matched_at", "told"))
    return [(pk, at.isoformat() if told else None) for pk, at, told in rows]


def _told() -> ExpressionWrapper[Q]:
    hidden = Q(state__in=(NeedState.DRAFT, NeedState.WITHDRAWN))
    return ExpressionWrapper(~(Q(folded_text="") | hidden), output_field=BooleanField())


def _ventures(since: datetime | None) -> Rows:
    found = Venture.objects.order_by(F("matched_at").desc())
    found = found.filter(matched_at__gte=since) if since else found
    return [(pk, at.isoformat()) for pk, at in found.values_list("pk", "matched_at")]


# After an import the worker reads the rest.
PEOPLE = Source("matching-people.sqlite3", _people, person_documents, at_once=300)
SKILLS = Source("matching-skills.sqlite3", _skills, skill_documents)
NEEDS = Source("matching-needs.sqlite3", _needs, need_documents, at_once=300)
VENTURES = Source("matching-ventures.sqlite3", _ventures, venture_documents, at_once=300)
SOURCES = (PEOPLE, SKILLS, NEEDS, VENTURES)

# With what tells whether the file is still the one that was opened.
_open: dict[Path, tuple[Index, Stamp]] = {}
# Threads open a file once, and none closes what another has just opened.
_turn = RLock()

DAMAGED = ".damaged"
# It holds words of people, some of whom ask to be forgotten.
DAMAGED_KEPT = timedelta(days=7)


def search_people(
    text: str, *, k: int, hub_id: UUID | None = None, among: Collection[UUID] | None = None
) -> list[Hit]:
    """Who answers a sentence best; only residents of a hub, or only some people, when given.

    By words, by meaning, and through the trade that it names when a taxonomy was imported.
    """
    within = None if among is None else [str(pk) for pk in among]
    bridge = taxonomy.bridge()
    facets = _living_in(hub_id)
    return _fresh(
        PEOPLE,
        lambda index: index.search(text, k, within=within, facets=facets, bridge=bridge),
    )


def search_people_for(wishes: Sequence[tuple[str, UUID | None]], *, k: int) -> list[list[Hit]]:
    """As `search_people`, for many sentences each with its hive: what changed is read once."""
    bridge = taxonomy.bridge()
    return _fresh(
        PEOPLE,
        lambda index: [
            index.search(text, k, facets=_living_in(hub_id), bridge=bridge)
            for text, hub_id in wishes
        ],
    )


def _living_in(hub_id: UUID | None) -> dict[str, str] | None:
    return {str(hub_id): RESIDENT} if hub_id else None


def search_needs(text: str, *, k: int, among: Collection[UUID]) -> list[Hit]:
    """Told needs that speak of the same thing, among those whose ids are given."""
    within = [str(pk) for pk in among]
    return _fresh(NEEDS, lambda index: index.search(text, k, within=within))


def search_ventures(text: str, *, k: int, among: Collection[UUID]) -> list[Hit]:
    within = [str(pk) for pk in among]
    return _fresh(VENTURES, lambda index: index.search(text, k, within=within))


def search_skills(text: str, *, k: int) -> list[Hit]:
    return _fresh(SKILLS, lambda index: index.search(text, k))


def with_people(use: Callable[[Index], T]) -> T:
    """For who asks more of the index than a search."""
    return _fresh(PEOPLE, use)


def _fresh(source: Source, use: Callable[[Index], T]) -> T:
    try:
        refresh(source, at_once=source.at_once)
        return use(_index(source))
    except IndexUnreadableError:
        put_aside(source)
        refresh(source, at_once=source.at_once)
        return use(_index(source))


def refresh(source: Source, *, whole: bool = False, at_once: int | None = None) -> int:
    """Reads what changed, or compares everything when `whole`; tells how many documents it wrote.

    The mark moves last and only when nothing was left: whoever is killed on the way begins again
    from the same place, and finds done what is done.
    """
    index, now = _index(source), timezone.now()
    mark = _mark(index)
    since = None if whole or mark is None else mark - OVERLAP
    rows = dict(source.rows(since))
    known = index.versions(None if since is None else [str(pk) for pk in rows])
    new = {pk: version for pk, version in rows.items() if version and known.get(str(pk)) != version}
    staying = {str(pk) for pk, version in rows.items() if version}
    gone = [identifier for identifier in known if identifier not in staying]
    some = dict(list(new.items())[:at_once])
    _put(index, source, some)
    if len(some) < len(new):
        index.remove(gone)
    elif new or gone or mark is None or now - mark > MARK_EVERY:
        index.change(remove=gone, mark=now.isoformat())
    if whole:
        # Whoever compares everything has time, and what was filled costs a search half as much.
        index.merge()
    return len(some)


def _put(index: Index, source: Source, versions: dict[UUID, str]) -> None:
    for ids in _chunks(list(versions)):
        index.put(source.documents({pk: versions[pk] for pk in ids}))


def _chunks(ids: list[UUID]) -> Iterable[list[UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _mark(index: Index) -> datetime | None:
    written = index.mark()
    return datetime.fromisoformat(written) if written else None


def _index(source: Source) -> Index:
    """Opened again when another process put the file aside: this one would go on in the old one."""
    path = Path(settings.VAR_DIR) / source.file
    with _turn:
        # Read before the file is opened: too old a stamp opens once more, too new a one never
        # again.
        stamp = _stamp(path)
        if path in _open and _open[path][1] != stamp:
            _open.pop(path)[0].close()
        if path not in _open:
            _open[path] = Index(path, default_encoder()), stamp
        opened = _open[path][0]
    opened.follow(learned_weights.laws())
    return opened


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def put_aside(source: Source) -> None:
    """Keeps the file a week for whoever wants to know what happened, and lets a new one begin."""
    path = Path(settings.VAR_DIR) / source.file
    with _turn:
        if path in _open:
            _open.pop(path)[0].close()
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        profiles.forget(str(path))
        # Another process may have been first.
        with suppress(FileNotFoundError):
            path.replace(path.with_name(path.name + DAMAGED)).touch()


def _throw_away_damaged(now: datetime) -> None:
    for source in SOURCES:
        aside = Path(settings.VAR_DIR) / f"{source.file}{DAMAGED}"
        if (
            aside.exists()
            and now.timestamp() - aside.stat().st_mtime > DAMAGED_KEPT.total_seconds()
        ):
            aside.unlink()


def prepare_bridge(tell: Callable[[float], object] | None = None) -> None:
    """Reads what the bridge does not know yet of people; takes out what is left of a former one."""
    taxonomy.bridge().prepare(_index(PEOPLE), tell)


def close() -> None:
    taxonomy.close()
    with _turn:
        while _open:
            _open.popitem()[1][0].close()


@duty(every=timedelta(minutes=1), words=_("Read again the toolboxes that changed"))
def read_what_changed(now: datetime) -> None:
    for source in SOURCES:
        refresh(source)
        _index(source).merge()
    taxonomy.mend()
    prepare_bridge()


@duty(every=timedelta(hours=1), words=_("Check that search forgot nobody"))
def compare_everything(now: datetime) -> None:
    for source in SOURCES:
        refresh(source, whole=True)
    _throw_away_damaged(now)
