"""Spreadsheets of a hive: its people, their ventures, and the list of skills."""

from essaim.core.imports.kinds import register
from essaim.hubs.imports.people import People

PEOPLE = register(People())

__all__ = ["PEOPLE"]
