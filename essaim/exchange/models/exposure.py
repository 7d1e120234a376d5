"""Which needs Friday's letters showed to whom, so that each is seen in its turn."""

from django.db import models

from essaim.core.personal_data import Erase, PersonalData
from essaim.exchange.models.needs import Need
from essaim.people.models import Person


class NeedShown(models.Model):
    need = models.ForeignKey(Need, models.CASCADE, related_name="shown")
    reader = models.ForeignKey(Person, models.CASCADE, related_name="+")
    # The Friday of the letter.
    on = models.DateField()

    personal_data = PersonalData(of=("reader",), personal={"on": Erase.ROW})

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["need", "reader", "on"], name="shown_once_a_letter"),
        )
        indexes = (models.Index(fields=["on"], name="shown_by_age"),)

    def __str__(self) -> str:
        return f"{self.need_id} to {self.reader_id} on {self.on}"
