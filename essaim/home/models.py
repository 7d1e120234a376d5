"""What a host has set aside on the list of Mondays."""

from django.db import models

from essaim.core.ids import uuid7
from essaim.core.personal_data import Erase, PersonalData
from essaim.people.models import Person


class MondayDone(models.Model):
    """« Done » or « not now »: the line folds away until that day, and may be unfolded before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    thing_id = models.UUIDField()
    until_on = models.DateField()

    personal_data = PersonalData(
        of=("person",), personal={"until_on": Erase.ROW}, impersonal=("kind",)
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person", "kind", "thing_id"], name="one_answer_per_line_of_monday"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.thing_id}"
