"""Pages of a file with several lists: bring it, choose a sheet, forget it; and take everything."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from essaim.core.access import allow
from essaim.core.imports import exports, pages, receiving, workbook_pages
from essaim.core.imports.kinds import KINDS
from essaim.core.imports.pages import Offers
from essaim.core.imports.views import brings_spreadsheets
from essaim.core.models import Document
from essaim.core.refusals import Refusal


@allow(brings_spreadsheets)
def workbook_new(request: HttpRequest) -> HttpResponse:
    offers = _offers(request)
    form, received = workbook_pages.received(request, None, offers.place.hub_id)
    if received:
        return redirect(*workbook_pages.address(received))
    context = {"offers": offers, "form": form}
    return render(
        request, "core/imports/workbook_new.html", context, status=400 if form.errors else 200
    )


@allow(brings_spreadsheets)
def workbook(request: HttpRequest, document_id: UUID) -> HttpResponse:
    return _shown(request, _document(request, document_id))


def _shown(request: HttpRequest, document: Document, refusal: str = "") -> HttpResponse:
    context = {
        "book": workbook_pages.of_document(document),
        "offers": pages.offers(request.user, pages.key_of(document.hub_id)),
        "refusal": refusal,
    }
    return render(request, "core/imports/workbook.html", context, status=400 if refusal else 200)


@require_POST
@allow(brings_spreadsheets)
def workbook_open(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document = _document(request, document_id)
    title, kind = request.POST.get("sheet", ""), KINDS.get(request.POST.get("kind", ""))
    if title not in [sheet["title"] for sheet in document.workbook.sheets]:
        raise Http404
    if kind is None:
        return _shown(request, document, _("Say what this sheet holds: choose a list beside it."))
    try:
        run = receiving.open_sheet(document=document, title=title, kind=kind, by=request.user)
    except receiving.SheetTaken as refusal:
        messages.error(request, str(refusal))
        return redirect("core:import", receiving.opened(document).filter(sheet=title)[0].pk)
    except Refusal as refusal:
        return _shown(request, document, str(refusal))
    return redirect("core:import", run.pk)


@require_POST
@allow(brings_spreadsheets)
def workbook_forget(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document = _document(request, document_id)
    try:
        receiving.forget_workbook(document=document, by=request.user)
    except Refusal as refusal:
        return _shown(request, document, str(refusal))
    messages.info(request, _("The file is forgotten. What you imported from it stays."))
    return redirect("core:spreadsheets")


@allow(brings_spreadsheets)
def export_all(request: HttpRequest) -> HttpResponseBase:
    offers = _offers(request)
    return exports.whole(offers.kinds, offers.place, request.user)


def _offers(request: HttpRequest) -> Offers:
    key = request.GET.get("hub", "")
    offers = pages.offers(request.user, key)
    if not offers.kinds or (key and offers.key != key):
        raise Http404
    return offers


def _document(request: HttpRequest, document_id: UUID) -> Document:
    """Shown, as its imports are, to whoever may import there."""
    files = Document.objects.filter(workbook__isnull=False).select_related("workbook")
    document = get_object_or_404(files, pk=document_id)
    if not any(kind.place(request.user, document.hub_id) for kind in KINDS.values()):
        raise Http404
    return document
