"""The files that were imported: kept while the import can be taken back."""

from essaim.core import documents
from essaim.core.documents import CSV, XLSX, Purpose

# Read by whoever brought it, nobody else: it may hold more columns than were imported.
SPREADSHEET = documents.register(
    Purpose("import", (XLSX, CSV), 10_000_000, may_read=lambda person, document: False)
)
