"""Ranks people, or skills, for a sentence, and says why. Knows no Django and no other app."""

from essaim.matching.index import Index
from essaim.matching.store import IndexUnreadableError
from essaim.matching.values import Document, Hit, Path, Reasons

__all__ = ["Document", "Hit", "Index", "IndexUnreadableError", "Path", "Reasons"]
