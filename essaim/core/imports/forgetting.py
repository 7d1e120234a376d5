"""What spreadsheets still hold of somebody who asks to be forgotten."""

from typing import Any

from django.db.models import Q

from essaim.core.models import Document, ImportLine, ImportRun


def forget(person: Any) -> None:
    """Lines about the person, those that came before they joined, and the files of those lines.

    The lines of others stay: an import under way goes on without its file, which nothing reads.
    """
    lines = ImportLine.objects.filter(Q(about=person.pk) | Q(values__email=person.email))
    runs = ImportRun.objects.filter(pk__in=set(lines.values_list("run_id", flat=True)))
    for document in Document.objects.filter(pk__in=runs.values("document")):
        document.delete()
    lines.delete()
