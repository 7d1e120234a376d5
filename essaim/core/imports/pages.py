"""What the pages of an import show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.core.imports import actions, workbook_pages
from essaim.core.imports.kinds import KINDS, Kind, Place
from essaim.core.models import (
    Decision,
    ImportLine,
    ImportMode,
    ImportRun,
    ImportState,
    Outcome,
)
from essaim.core.sayings import read_back

NETWORK = "network"
PAGE = 20
SAMPLES = 3
AT_WORK = (ImportState.CHECKING, ImportState.RUNNING, ImportState.UNDOING)

Context = dict[str, Any]


@dataclass(frozen=True)
class Offers:
    """What may be brought and taken in one place, and the other places to choose from."""

    place: Place
    places: list[Place]
    kinds: list[Kind]

    @property
    def key(self) -> str:
        return key_of(self.place.hub_id)


def key_of(hub_id: UUID | None) -> str:
    return str(hub_id) if hub_id else NETWORK


def place_named(key: str, kind: Kind, person: Any) -> Place | None:
    """Without a name the only, or the first, place."""
    places = kind.places(person)
    if not key:
        return places[0] if places else None
    return next((place for place in places if key_of(place.hub_id) == key), None)


def offers(person: Any, key: str) -> Offers:
    places: dict[str, Place] = {}
    of_kind: dict[str, set[str]] = {}
    for kind in KINDS.values():
        found = {key_of(place.hub_id): place for place in kind.places(person)}
        places |= found
        of_kind[kind.code] = set(found)
    chosen = key if key in places else next(iter(places), "")
    kinds = [kind for kind in KINDS.values() if chosen in of_kind[kind.code]]
    return Offers(places.get(chosen, Place(None, "")), list(places.values()), kinds)


def recent_runs(person: Any, offered: Offers) -> QuerySet[ImportRun]:
    codes = [kind.code for kind in offered.kinds]
    runs = ImportRun.objects.filter(kind__in=codes, hub_id=offered.place.hub_id)
    return runs.select_related("owner").order_by("-created_at")[:10]


def _common(run: ImportRun, request: HttpRequest) -> Context:
    kind = KINDS[run.kind]
    return {
        "run": run,
        "kind": kind,
        "place": kind.place(request.user, run.hub_id),
        "key": key_of(run.hub_id),
        "remarks": [str(read_back(remark)) for remark in run.remarks],
        "workbook": run.document if run.sheet else None,
    }


@dataclass(frozen=True)
class Column:
    name: str
    header: str
    samples: list[str]
    chosen: str


def columns(run: ImportRun, request: HttpRequest, chosen: list[str] | None = None) -> Context:
    samples = list(run.lines.order_by("number").values_list("cells", flat=True)[:SAMPLES])
    mapping = chosen if chosen is not None else run.mapping
    shown = [
        Column(
            name=f"column-{n}",
            header=header or _("column %(number)d, without a name") % {"number": n + 1},
            samples=[cells[n] for cells in samples if n < len(cells) and cells[n]],
            chosen=mapping[n] if n < len(mapping) else "",
        )
        for n, header in enumerate(run.headers)
    ]
    known = sum(1 for column in shown if column.chosen)
    return _common(run, request) | {"columns": shown, "known": known}


def working(run: ImportRun, request: HttpRequest) -> Context:
    words = {
        ImportState.CHECKING: _("%(done)d lines read of %(total)d"),
        ImportState.RUNNING: _("%(done)d lines written of %(total)d"),
        ImportState.UNDOING: _("%(done)d lines taken back of %(total)d"),
    }[ImportState(run.state)] % {"done": run.position, "total": run.total}
    # All or none is one movement: there is no half of it to show.
    unknown = run.state == ImportState.RUNNING and run.mode == ImportMode.ALL
    if unknown:
        words = _("Writing all %(total)d lines at once…") % {"total": run.total}
    maximum = None if unknown else run.total
    return _common(run, request) | {"words": words, "maximum": maximum}


def counts(run: ImportRun) -> dict[str, int]:
    good, new = Q(problems=[]), Q(duplicate_id__isnull=True)
    return run.lines.aggregate(
        bad=Count("id", filter=~good),
        new=Count("id", filter=good & new),
        here=Count("id", filter=good & ~new & Q(sure=True)),
        alike=Count("id", filter=good & ~new & Q(sure=False)),
        undecided=Count("id", filter=good & Q(decision="")),
        left_out=Count("id", filter=good & Q(decision=Decision.SKIP)),
    )


SHOWN: Mapping[str, Q] = {
    "bad": ~Q(problems=[]),
    "alike": Q(problems=[], duplicate_id__isnull=False, sure=False),
    "here": Q(problems=[], duplicate_id__isnull=False, sure=True),
    "new": Q(problems=[], duplicate_id__isnull=True),
}


def preview(run: ImportRun, request: HttpRequest) -> Context:
    numbers = counts(run)
    kind = KINDS[run.kind]
    show = request.GET.get("show", "")
    if show not in SHOWN:
        show = next((name for name in SHOWN if numbers[name]), "new")
    found = run.lines.filter(SHOWN[show]).order_by("number")
    paginator = Paginator(found, PAGE)
    paginator.count = numbers[show]  # counted with the others already
    page = paginator.get_page(request.GET.get("page"))
    known = kind.known([line.duplicate_id for line in page if line.duplicate_id], request.user)
    to_write = numbers["new"] + numbers["here"] + numbers["alike"]
    return _common(run, request) | {
        "show": show,
        "page": page,
        "numbers": numbers,
        "tabs": _tabs(show, numbers),
        "lines": [_line(line, run, kind, known) for line in page],
        "decisions": [(d, Decision(d).label) for d in _bulk(show)],
        "to_write": to_write - numbers["undecided"] - numbers["left_out"],
        "whole": not numbers["bad"] and not numbers["undecided"],
    }


def _tabs(show: str, numbers: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "bad": _("To mend"),
        "alike": _("Perhaps here already"),
        "here": _("Here already"),
        "new": _("New"),
    }
    return [
        {"label": label, "url": f"?show={name}", "current": name == show, "count": numbers[name]}
        for name, label in labels.items()
    ]


def _bulk(show: str) -> tuple[str, ...]:
    return actions.allowed_decisions(sure=show == "here") if show in ("here", "alike") else ()


@dataclass(frozen=True)
class Pair:
    """A column, what the file says, and what is here already."""

    label: str
    mine: str
    theirs: str
    differs: bool


def _line(
    line: ImportLine, run: ImportRun, kind: Kind, known: Mapping[UUID, dict[str, str]]
) -> Context:
    theirs = known.get(line.duplicate_id, {}) if line.duplicate_id else {}
    pairs = []
    for column, code in enumerate(run.mapping):
        mine = line.cells[column] if column < len(line.cells) else ""
        other = theirs.get(code, "")
        if code and (mine or other):
            label = str(kind.field(code).label)
            pairs.append(Pair(label, mine, other, bool(theirs) and _differ(mine, other)))
    return {
        "line": line,
        "pairs": pairs,
        "compared": bool(theirs),
        "choices": [(d, Decision(d).label) for d in actions.choices_for(line)],
    }


def _differ(one: str, other: str) -> bool:
    return one.strip().casefold() != other.strip().casefold()


def back_to_lines(run: ImportRun, post: Mapping[str, Any]) -> str:
    show, page = post.get("show", ""), post.get("page", "1")
    base = reverse("core:import", args=[run.pk])
    show = show if show in SHOWN else ""
    anchor = f"#l{post['line']}" if str(post.get("line", "")).isdigit() else ""
    return f"{base}?show={show}&page={page if str(page).isdigit() else 1}{anchor}"


def report(run: ImportRun, request: HttpRequest) -> Context:
    out = Q(outcome=Outcome.LEFT_OUT, problems=[])
    numbers = run.lines.aggregate(
        lines=Count("id"),
        written=Count("id", filter=Q(outcome=Outcome.WRITTEN)),
        undone=Count("id", filter=Q(outcome=Outcome.UNDONE)),
        kept=Count("id", filter=Q(outcome=Outcome.KEPT)),
        skipped=Count("id", filter=out & Q(decision=Decision.SKIP)),
        undecided=Count("id", filter=out & Q(decision="")),
    )
    told = run.lines.exclude(problems=[]).order_by("number")
    page = Paginator(told, PAGE).get_page(request.GET.get("page"))
    next_step = KINDS[run.kind].next_step
    book = workbook_pages.of_document(run.document) if run.sheet and run.document else None
    return _common(run, request) | {
        "rest": [sheet for sheet in book.sheets if sheet.waits and sheet.kind] if book else [],
        "kinds": KINDS.values(),
        "numbers": numbers,
        "page": page,
        "undoable": run.state == ImportState.DONE and bool(numbers["written"]),
        "forgotten": not numbers["lines"],
        "next": {"label": next_step[0], "url": reverse(next_step[1])} if next_step else None,
    }


BY_STATE: dict[str, tuple[str, Callable[[ImportRun, HttpRequest], Context]]] = {
    ImportState.UPLOADED: ("core/imports/columns.html", columns),
    ImportState.CHECKING: ("core/imports/working.html", working),
    ImportState.CHECKED: ("core/imports/preview.html", preview),
    ImportState.RUNNING: ("core/imports/working.html", working),
    ImportState.DONE: ("core/imports/report.html", report),
    ImportState.FAILED: ("core/imports/report.html", report),
    ImportState.UNDOING: ("core/imports/working.html", working),
    ImportState.UNDONE: ("core/imports/report.html", report),
}
