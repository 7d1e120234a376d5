"""How large a generated network is. S, M and L are the sizes that benchmarks speak of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    hubs: int
    ventures: int
    people: int
    weeks: int
    needs_per_100_people: float = 8.0  # published in a week

    @property
    def needs(self) -> int:
        return round(self.weeks * self.people / 100 * self.needs_per_100_people)


SIZES = {
    "demo": Size(hubs=3, ventures=180, people=300, weeks=26),
    "S": Size(hubs=1, ventures=60, people=100, weeks=52, needs_per_100_people=20),
    "M": Size(hubs=10, ventures=600, people=1_000, weeks=104, needs_per_100_people=12),
    "L": Size(hubs=100, ventures=9_600, people=16_000, weeks=260, needs_per_100_people=8),
}
