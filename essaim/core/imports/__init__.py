"""Spreadsheets brought in and taken away: upload, columns, preview, writing, undoing."""

from essaim.core.imports import documents, running, undoing

# They register a purpose, errands and a duty.
__all__ = ["documents", "running", "undoing"]
