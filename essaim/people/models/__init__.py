"""Who: persons, ventures, skills, network roles."""

from essaim.people.models.persons import (
    GONE,
    PERSON,
    Audience,
    NetworkRole,
    Person,
    PersonState,
    Role,
    photo_address,
)
from essaim.people.models.skill_changes import SkillChange, SkillChangeVerb
from essaim.people.models.skills import (
    SKILL,
    PersonSkill,
    Skill,
    SkillKind,
    SkillState,
)
from essaim.people.models.ventures import (
    Affiliation,
    AffiliationRole,
    ImpactFamily,
    LegalForm,
    Stage,
    Venture,
)

__all__ = [
    "GONE",
    "PERSON",
    "SKILL",
    "Affiliation",
    "AffiliationRole",
    "Audience",
    "ImpactFamily",
    "LegalForm",
    "NetworkRole",
    "Person",
    "PersonSkill",
    "PersonState",
    "Role",
    "Skill",
    "SkillChange",
    "SkillChangeVerb",
    "SkillKind",
    "SkillState",
    "Stage",
    "Venture",
    "photo_address",
]
