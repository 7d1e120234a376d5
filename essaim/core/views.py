"""Pages of the machinery: documents, notices, figures."""

from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from essaim.core import documents
from essaim.core.access import allow, public, signed_in
from essaim.core.models import Document


@allow(signed_in)
def document(request: HttpRequest, document_id: UUID) -> FileResponse:
    found = get_object_or_404(Document, pk=document_id)
    if not documents.may_read(found, request.user):
        raise Http404
    try:
        content = found.file.open()
    except FileNotFoundError:
        raise Http404 from None  # the disk lost it, or a backup came without its documents
    # As an attachment: a file that someone uploaded never runs in our pages.
    return FileResponse(
        content, as_attachment=True, filename=found.name, content_type=found.content_type
    )


@public
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it by this name where a page gives no other (a download, an error)."""
    return redirect(static("core/mark.svg"))


THEMES = ("light", "dark")
YEAR = 60 * 60 * 24 * 365


@require_POST
@public
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or (anything else) as the device says."""
    response = redirect(_back(request))
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, YEAR, samesite="Lax", secure=settings.HTTPS)
    else:
        response.delete_cookie("theme")
    return response


def _back(request: HttpRequest) -> str:
    there = request.POST.get("next", "")
    # A word alone would be taken for the name of a view.
    safe = there.startswith("/") and url_has_allowed_host_and_scheme(
        there, {request.get_host()}, request.is_secure()
    )
    return there if safe else "/"
