"""What stands on pages of every app: the photo of a person."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from essaim.core import documents
from essaim.core.access import public
from essaim.core.models import Document
from essaim.people.documents import PHOTO

# A new photo has a new address, and one taken away has none on any page. A browser may keep it for
# an hour, not for a week: whoever looks for it again is told no. Nobody on the way may keep it.
KEPT = "private, max-age=3600"


@public
def photo(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """To members those of everyone present; to visitors of who chose to be public. Else a 404."""
    found = get_object_or_404(Document, pk=document_id, purpose=PHOTO.code)
    if not documents.may_read(found, request.user):
        raise Http404
    try:
        with found.file.open() as content:
            picture = content.read()
    except FileNotFoundError:
        raise Http404 from None  # the disk lost it: initials are shown instead
    return HttpResponse(picture, found.content_type, headers={"Cache-Control": KEPT})
