"""Pages of spreadsheets: what may be brought and taken, and an import from file to undoing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow, signed_in
from essaim.core.imports import (
    actions,
    checking,
    exports,
    pages,
    running,
    undoing,
    workbook_pages,
)
from essaim.core.imports.kinds import KINDS, Kind, Place
from essaim.core.imports.readings import READINGS
from essaim.core.models import ImportMode, ImportRun, ImportState
from essaim.core.refusals import Refusal
from essaim.core.spreadsheets import Sheet

# A short list is dealt with while one waits; a long one by the worker, with a progress bar.
AT_ONCE = 300


def brings_spreadsheets(person: Any) -> bool:
    return signed_in(person) and any(kind.places(person) for kind in KINDS.values())


@allow(brings_spreadsheets)
def spreadsheets(request: HttpRequest) -> HttpResponse:
    offers = pages.offers(request.user, request.GET.get("hub", ""))
    if not offers.kinds:
        raise Http404
    context = {
        "offers": offers,
        "runs": pages.recent_runs(request.user, offers),
        "waiting": workbook_pages.waiting(offers.place),
        "readings": READINGS.values(),
    }
    return render(request, "core/imports/spreadsheets.html", context)


@allow(brings_spreadsheets)
def import_new(request: HttpRequest, kind_code: str) -> HttpResponse:
    kind, place = _kind_and_place(request, kind_code)
    form, received = workbook_pages.received(request, kind, place.hub_id)
    if received:
        return redirect(*workbook_pages.address(received))
    status = 400 if form.errors else 200
    context = {"kind": kind, "place": place, "form": form}
    return render(request, "core/imports/new.html", context, status=status)


@allow(brings_spreadsheets)
def import_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One address for an import; what it shows is where the import stands."""
    run = _run(request, run_id)
    template, build = pages.BY_STATE[run.state]
    return render(request, template, build(run, request))


@require_POST
@allow(brings_spreadsheets)
def import_columns(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    mapping = [request.POST.get(f"column-{n}", "") for n in range(len(run.headers))]
    known = {field.code for field in KINDS[run.kind].fields}
    mapping = [code if code in known else "" for code in mapping]
    try:
        actions.name_columns(run=run, mapping=mapping, by=request.user)
    except Refusal as refusal:
        context = pages.columns(run, request, chosen=mapping) | {"refusal": str(refusal)}
        return render(request, "core/imports/columns.html", context, status=400)
    if run.total <= AT_ONCE:
        checking.check(run.pk)
    return redirect("core:import", run.pk)


@allow(brings_spreadsheets)
def import_columns_again(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    if run.state not in (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED):
        return redirect("core:import", run.pk)
    return render(request, "core/imports/columns.html", pages.columns(run, request))


@allow(brings_spreadsheets)
def import_progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    if run.state not in pages.AT_WORK:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "core/imports/working.html#bar", pages.working(run, request))


@require_POST
@allow(brings_spreadsheets)
def import_decide(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One line by its number, or all those of its sort."""
    run, decision = _run(request, run_id), request.POST.get("decision", "")
    number = request.POST.get("line", "")
    try:
        if number.isdecimal() and len(number) < 10:
            actions.decide(run=run, number=int(number), decision=decision, by=request.user)
        else:
            sure = request.POST.get("sure") == "1"
            actions.decide_all(run=run, sure=sure, decision=decision, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(pages.back_to_lines(run, request.POST))


@require_POST
@allow(brings_spreadsheets)
def import_start(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run, mode = _run(request, run_id), request.POST.get("mode", ImportMode.GOOD)
    try:
        actions.start(run=run, mode=mode, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if run.total <= AT_ONCE:
            running.work(run.pk)
    return redirect("core:import", run.pk)


@require_POST
@allow(brings_spreadsheets)
def import_undo(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    try:
        actions.take_back(run=run, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if run.total <= AT_ONCE:
            undoing.undo(run.pk)
    return redirect("core:import", run.pk)


@require_POST
@allow(brings_spreadsheets)
def import_drop(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = _run(request, run_id)
    document = run.document
    try:
        actions.drop(run=run, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("core:import", run.pk)
    if run.sheet:
        messages.info(request, _("Forgotten: nothing of this sheet was imported."))
    else:
        messages.info(request, _("Forgotten: nothing of this file was imported."))
    if document is not None and run.sheet:
        return redirect("core:workbook", document.pk)
    return redirect("core:spreadsheets")


@allow(brings_spreadsheets)
def import_problems(request: HttpRequest, run_id: UUID, extension: str) -> HttpResponseBase:
    """As CSV the list of reasons; as XLSX the lines themselves, to be mended."""
    run = _run(request, run_id)
    rows = exports.problems(run) if extension == "csv" else exports.to_mend(run)
    name = _("to-mend-%(name)s") % {"name": run.name.rsplit(".", 1)[0]}
    return exports.answer(rows, name=name, extension=extension, kind=KINDS[run.kind])


@allow(brings_spreadsheets)
def export(request: HttpRequest, kind_code: str, extension: str) -> HttpResponseBase:
    kind, place = _kind_and_place(request, kind_code)
    rows = exports.exported(kind, request.user, place.hub_id)
    name = f"{kind.name} {place.name}"
    return exports.answer(rows, name=name, extension=extension, kind=kind)


@allow(brings_spreadsheets)
def template(request: HttpRequest, kind_code: str, extension: str) -> HttpResponseBase:
    kind, _place = _kind_and_place(request, kind_code)
    help_sheet = Sheet(_("Explanations"), exports.explained(kind), (24, 10, 80))
    name = _("template %(kind)s") % {"kind": kind.name}
    return exports.answer(
        exports.template(kind), name=name, extension=extension, kind=kind, more=(help_sheet,)
    )


def _kind_and_place(request: HttpRequest, kind_code: str) -> tuple[Kind, Place]:
    kind = KINDS.get(kind_code)
    place = pages.place_named(request.GET.get("hub", ""), kind, request.user) if kind else None
    if kind is None or place is None:
        raise Http404
    return kind, place


def _run(request: HttpRequest, run_id: UUID) -> ImportRun:
    """An import is shown to whoever may import that kind there."""
    run = ImportRun.objects.select_related("owner", "document").filter(pk=run_id).first()
    if run is None or run.kind not in KINDS:
        raise Http404
    if KINDS[run.kind].place(request.user, run.hub_id) is None:
        raise Http404
    return run
