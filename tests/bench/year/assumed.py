"""What the simulated people of a year are assumed to do. docs/year.md says it in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Assumed:
    """Shares and chances from 0 to 1; delays are medians, in hours of clock time.

    `silent` and `eager`: shares of people; `answers`: how often an ordinary one answers an ask.
    `fits`, `near`, `far`: how often who answers says yes, when they lend a skill that the need
    really wants, one beside it, or neither. `hand`: how often somebody in the room whose skill fits
    raises a hand. `ticks`: how often the author of a need told on a phone ticks the skills that it
    really wants, and does not leave those proposed. `told`: needs told, over the usual rhythm.
    """

    silent: float = 0.10
    eager: float = 0.06
    answers: float = 0.80
    delay: float = 5.0
    fits: float = 0.55
    near: float = 0.35
    far: float = 0.12
    ticks: float = 0.0
    later: float = 0.15
    hand: float = 0.20
    pauses: float = 0.4
    dates: float = 0.7
    falls_through: float = 0.07
    claims: float = 0.75
    longer: float = 0.3
    confirms: float = 0.6
    thanks: float = 0.5
    host_looks: float = 0.85
    author_answers: float = 0.75
    told: float = 1.0
    pledge: float = 1.0


LEVELS: Mapping[str, Assumed] = {
    "pessimistic": Assumed(
        silent=0.16, eager=0.04, answers=0.65, delay=10, fits=0.40, near=0.22, far=0.06, later=0.20,
        hand=0.10, pauses=0.2, dates=0.5, falls_through=0.12, claims=0.6, confirms=0.4, thanks=0.3,
        host_looks=0.65, author_answers=0.5,
    ),
    "middle": Assumed(),
    "optimistic": Assumed(
        silent=0.06, eager=0.10, answers=0.88, delay=3, fits=0.65, near=0.45, far=0.18, later=0.1,
        hand=0.35, pauses=0.6, dates=0.85, falls_through=0.04, claims=0.85, confirms=0.8,
        thanks=0.7,
        host_looks=0.95, author_answers=0.9,
    ),
}  # fmt: skip

# One assumption moved at a time from the middle, far enough to hurt.
MOVED: Mapping[str, Assumed] = {
    name: replace(LEVELS["middle"], **changes)
    for name, changes in {
        "half as many answers": {"answers": 0.4},
        "answers twice as slow": {"delay": 10.0},
        "yes half as often": {"fits": 0.275, "near": 0.175, "far": 0.06},
        "three silent in ten": {"silent": 0.3},
        "no hands at the Buzz": {"hand": 0.0},
        "hosts never look": {"host_looks": 0.0},
        "half the pledges": {"pledge": 0.5},
        "twice the needs": {"told": 2.0},
        "authors tick the skills": {"ticks": 1.0},
        "no help takes longer": {"longer": 0.0},
    }.items()
}

# A hive of a hundred people (domain, §5.2): needs spoken at a Buzz, needs told otherwise in a week,
# and help between two people without any need.
SPOKEN, TOLD, OFFERED, WANTED = 15, 10, 6, 10
IN_THE_ROOM = 0.35
LEAVERS, NEWCOMERS = 8, 12
