"""Words by which somebody is recognised in texts that belong to no row of theirs."""

from allauth.account.models import EmailAddress

from essaim.exchange.models import Ask, HelpExchange, Need
from essaim.people.models import Person

# « Lu » or « CV » stand in too many texts to tell of anybody.
SHORTEST = 4


def addresses_of(person: Person) -> set[str]:
    others = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return {person.email, *others}


def full_name_of(person: Person) -> str:
    """Not `person.name`, which may already be that of a former member."""
    return f"{person.given_name} {person.family_name}" if person.family_name else ""


def ids_of(person: Person) -> set[str]:
    """Of the person and of what they did: they stand in the addresses of pages."""
    needs = Need.objects.filter(author=person).values_list("pk", flat=True)
    asks = Ask.objects.filter(helper=person).values_list("pk", flat=True)
    exchanges = HelpExchange.objects.of(person).values_list("pk", flat=True)
    return {str(pk) for pk in (person.pk, *needs, *asks, *exchanges)}


def words_of(person: Person) -> set[str]:
    """All of them, with what the person wrote for others to read."""
    said = Need.objects.filter(author=person).values_list("title", "text")
    words = {
        person.phone,
        person.about,
        full_name_of(person),
        *(text for row in said for text in row),
    }
    words |= addresses_of(person) | ids_of(person)
    return {word for word in words if len(word) >= SHORTEST}
