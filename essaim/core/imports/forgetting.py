"""What spreadsheets still hold of somebody who asks to be forgotten."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from essaim.core import addresses
from essaim.core.models import Document, ImportLine, ImportRun, ImportState, Workbook
from essaim.core.spreadsheets import mentions


def forget(person: Any, known_as: Collection[str] = ()) -> None:
    """Lines about the person, those that came before they joined, and the files of those lines;
    and workbooks that name the person in a sheet nobody chose yet.

    A list may call them by another of their addresses: those are `known_as`.

    The lines of others stay: an import under way goes on without its file, which nothing reads.
    """
    lines = ImportLine.objects.filter(Q(about=person.pk))
    called = {person.email, *(address.lower() for address in known_as)}
    for address in called:
        named = Q(values__email=address) | Q(pk__in=_unread_lines(address))
        lines |= ImportLine.objects.filter(named)
    runs = ImportRun.objects.filter(pk__in=set(lines.values_list("run_id", flat=True)))
    for document in Document.objects.filter(pk__in=runs.values("document")):
        document.delete()
    for workbook in Workbook.objects.select_related("document"):
        if any(_names(workbook.document, address) for address in called):
            workbook.document.delete()
    lines.delete()


def _unread_lines(address: str) -> list[int]:
    found = ImportLine.objects.filter(
        run__state=ImportState.UPLOADED, cells__icontains=address
    ).values_list("pk", "cells")
    return [pk for pk, cells in found if any(addresses.stands_in(address, cell) for cell in cells)]


def _names(document: Document, address: str) -> bool:
    """A file that the disk lost names nobody any more."""
    try:
        with document.file.open("rb") as file:
            return mentions(file, address)
    except FileNotFoundError:
        return False
