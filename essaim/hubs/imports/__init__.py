"""Spreadsheets of a hive: its people, their ventures, and what they can lend."""

from essaim.core.imports.kinds import register
from essaim.hubs.imports.people import People
from essaim.hubs.imports.skills import SkillList
from essaim.hubs.imports.toolbox import Toolbox
from essaim.hubs.imports.ventures import Ventures

# The order in which a hive best brings them.
PEOPLE = register(People())
VENTURES = register(Ventures())
TOOLBOX = register(Toolbox())
SKILLS = register(SkillList())

__all__ = ["PEOPLE", "SKILLS", "TOOLBOX", "VENTURES"]
