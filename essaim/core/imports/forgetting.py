"""What spreadsheets still hold of somebody who asks to be forgotten."""

from typing import Any

from django.db.models import Q

from essaim.core.models import Document, ImportLine, ImportRun, ImportState, Workbook
from essaim.core.spreadsheets import mentions


def forget(person: Any) -> None:
    """Lines about the person, those that came before they joined, and the files of those lines;
    and workbooks that name the person in a sheet nobody chose yet.

    The lines of others stay: an import under way goes on without its file, which nothing reads.
    """
    unread = Q(run__state=ImportState.UPLOADED, cells__icontains=person.email)
    lines = ImportLine.objects.filter(Q(about=person.pk) | Q(values__email=person.email) | unread)
    runs = ImportRun.objects.filter(pk__in=set(lines.values_list("run_id", flat=True)))
    for document in Document.objects.filter(pk__in=runs.values("document")):
        document.delete()
    for workbook in Workbook.objects.select_related("document"):
        with workbook.document.file.open("rb") as file:
            named = mentions(file, person.email)
        if named:
            workbook.document.delete()
    lines.delete()
