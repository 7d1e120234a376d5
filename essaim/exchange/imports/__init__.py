"""Spreadsheets of a hive: its people, their ventures, what they can lend and what they need."""

from essaim.core.imports import readings
from essaim.core.imports.kinds import register
from essaim.exchange.imports.needs import Needs
from essaim.exchange.imports.past import Asks, PastResidencies
from essaim.exchange.imports.people import People
from essaim.exchange.imports.skills import SkillList
from essaim.exchange.imports.toolbox import Toolbox
from essaim.exchange.imports.ventures import Ventures

# The order in which a hive best brings them.
PEOPLE = register(People())
VENTURES = register(Ventures())
TOOLBOX = register(Toolbox())
NEEDS = register(Needs())
SKILLS = register(SkillList())

PAST_RESIDENCIES = readings.register(PastResidencies())
ASKS = readings.register(Asks())

__all__ = ["ASKS", "NEEDS", "PAST_RESIDENCIES", "PEOPLE", "SKILLS", "TOOLBOX", "VENTURES"]
