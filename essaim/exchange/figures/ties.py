"""Who meets whom over help: new ties, improbable ones, ties both ways, help between hives."""

from typing import Any

from django.db.models import Avg, Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.core.figures import Figure, Line, Scope, register
from essaim.exchange.figures.members import active_members, members
from essaim.exchange.figures.seeing import (
    animates,
    describe_help,
    did,
    percent,
    period,
    person_path,
    within,
)
from essaim.exchange.models import HelpExchange, HelpState, Transfer
from essaim.people.models import Affiliation


def counted_help() -> QuerySet[HelpExchange]:
    """Confirmed, and not taken back since: what was reversed has no minutes left."""
    return HelpExchange.objects.filter(state=HelpState.CONFIRMED, minutes__gt=0)


def help_confirmed(scope: Scope) -> QuerySet[Any]:
    rows = counted_help().filter(within("confirmed_at", scope))
    return rows.select_related("giver", "receiver").order_by("-confirmed_at", "id")


def _between_the_two() -> Q:
    same = Q(giver=OuterRef("giver"), receiver=OuterRef("receiver"))
    return same | Q(giver=OuterRef("receiver"), receiver=OuterRef("giver"))


def _before() -> Q:
    sooner = Q(confirmed_at__lt=OuterRef("confirmed_at"))
    return sooner | Q(confirmed_at=OuterRef("confirmed_at"), pk__lt=OuterRef("pk"))


def first_helps(scope: Scope) -> QuerySet[Any]:
    """The first confirmed help between two people, whoever gave it."""
    earlier = counted_help().filter(_between_the_two(), _before())
    return help_confirmed(scope).filter(~Exists(earlier))


def improbable_helps(scope: Scope) -> QuerySet[Any]:
    """First helps between people unlike each other, whom nobody linked before."""
    dated: QuerySet[Any] = first_helps(scope).annotate(
        on=Coalesce("happened_on", TruncDate("confirmed_at"))
    )
    near = ~crossing() & Exists(_shared("family")) & Exists(_shared("trade"))
    return dated.filter(~near).exclude(_linked())


def crossing() -> Exists:
    """The two accounts were in different hives."""
    rows = Transfer.objects.helping().filter(exchange=OuterRef("pk"))
    return Exists(rows.exclude(hub_from=F("hub_to")))


def _shared(what: str) -> QuerySet[Any]:
    """Ventures of the giver that have the same family, or trade, as one of the receiver's."""
    on = OuterRef("on")
    there = Q(until_on__isnull=True) | Q(until_on__gt=on)
    alike = {f"venture__{what}": OuterRef(f"venture__{what}")}
    receivers = Affiliation.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gt=OuterRef(on)),
        since_on__lte=OuterRef(on),
        person=OuterRef(OuterRef("receiver")),
        **alike,
    )
    givers = Affiliation.objects.filter(there, since_on__lte=on, person=OuterRef("giver"))
    return givers.filter(Exists(receivers)).exclude(**{f"venture__{what}": ""})


def _linked() -> Q:
    """Somebody had helped, or been helped by, both before: two steps apart, not three."""
    ends = ("giver", "receiver")
    links = [Exists(_through(one, other)) for one in ends for other in ends]
    return Q(links[0]) | Q(links[1]) | Q(links[2]) | Q(links[3])


def _through(mine: str, theirs: str) -> QuerySet[Any]:
    """Help where the giver was `mine`, whose other end had help where the receiver was `theirs`."""
    end = {"giver": "receiver", "receiver": "giver"}
    second = counted_help().filter(
        **{theirs: OuterRef(OuterRef("receiver")), end[theirs]: OuterRef(end[mine])},
        confirmed_at__lt=OuterRef(OuterRef("confirmed_at")),
    )
    first = counted_help().filter(
        **{mine: OuterRef("giver")}, confirmed_at__lt=OuterRef("confirmed_at")
    )
    return first.filter(Exists(second))


def help_across(scope: Scope) -> QuerySet[Any]:
    rows: QuerySet[Any] = help_confirmed(scope).annotate(
        crossing=Case(When(crossing(), then=True), default=False)
    )
    return rows


def active_both_ways(scope: Scope) -> QuerySet[Any]:
    """Active members, with whether they gave and whether they received."""
    done = counted_help().filter(period("confirmed_at", scope))
    both: QuerySet[Any] = active_members(scope).annotate(
        gave=Case(When(did(done, "giver", scope), then=True), default=False),
        got=Case(When(did(done, "receiver", scope), then=True), default=False),
    )
    return both


def pairs(scope: Scope) -> QuerySet[Any]:
    """Of each two who helped each other in the period the first help, and whether it came back."""
    theirs = counted_help().filter(within("confirmed_at", scope))
    back = theirs.filter(giver=OuterRef("receiver"), receiver=OuterRef("giver"))
    first = help_confirmed(scope).exclude(Exists(theirs.filter(_between_the_two(), _before())))
    rows: QuerySet[Any] = first.annotate(back=Case(When(Exists(back), then=True), default=False))
    return rows


def members_with_partners(scope: Scope) -> QuerySet[Any]:
    """Active members, with how many different people they helped or were helped by."""
    mine = counted_help().filter(period("confirmed_at", scope))
    other = Case(When(giver=OuterRef("pk"), then=F("receiver")), default=F("giver"))
    of_me = mine.filter(Q(giver=OuterRef("pk")) | Q(receiver=OuterRef("pk")))
    counted = of_me.order_by().annotate(other=other).values("state")
    found: QuerySet[Any] = active_members(scope).annotate(
        partners=Coalesce(
            Subquery(counted.annotate(n=Count("other", distinct=True)).values("n")), 0
        )
    )
    return found


def members_with_ties(scope: Scope) -> QuerySet[Any]:
    """Members, with how many people they helped or were helped by for the first time."""
    earlier = counted_help().filter(_between_the_two(), _before())
    first = counted_help().filter(period("confirmed_at", scope)).exclude(Exists(earlier))
    mine = first.filter(Q(giver=OuterRef("pk")) | Q(receiver=OuterRef("pk")))
    counted = mine.order_by().values("state").annotate(n=Count("pk")).values("n")
    found: QuerySet[Any] = members(scope).annotate(ties=Coalesce(Subquery(counted), 0))
    return found


def describe_helping(person: Any) -> Line:
    if person.gave and person.got:
        sentence = _("%(name)s gave and received")
    elif person.gave:
        sentence = _("%(name)s gave")
    else:
        sentence = _("%(name)s received") if person.got else _("%(name)s: neither")
    return Line(sentence % {"name": person.name}, person_path(person))


def describe_pair(exchange: Any) -> Line:
    words = {"giver": exchange.giver.name, "receiver": exchange.receiver.name}
    line = describe_help(exchange)
    if exchange.back:
        return Line(_("%(giver)s and %(receiver)s: both ways") % words, line.path, line.at)
    return Line(_("%(giver)s and %(receiver)s: one way") % words, line.path, line.at)


def describe_partners(person: Any) -> Line:
    words = {"name": person.name, "people": person.partners}
    return Line(_("%(name)s: %(people)s people") % words, person_path(person))


def describe_ties(person: Any) -> Line:
    words = {"name": person.name, "ties": person.ties}
    return Line(_("%(name)s: %(ties)s new ties") % words, person_path(person))


COMMON: dict[str, Any] = {"may_see": animates}
NEW = register(
    Figure(
        "new_ties",
        gettext_lazy("New ties"),
        gettext_lazy("Pairs of people who helped each other for the first time."),
        first_helps,
        describe_help,
        shared=True,
        **COMMON,
    )
)
PER_MEMBER = register(
    Figure(
        "ties_per_member",
        gettext_lazy("New ties for each member"),
        gettext_lazy(
            "Mean, over all members, of the people whom they helped or were helped by for the "
            "first time; over 30 days."
        ),
        members_with_ties,
        describe_ties,
        Avg(F("ties") * 1.0),
        unit="decimal",
        window=30,
        **COMMON,
    )
)
IMPROBABLE = register(
    Figure(
        "improbable_ties",
        gettext_lazy("Improbable ties"),
        gettext_lazy(
            "New ties between two people of different hives, impact families or trades, when "
            "nobody had helped, or been helped by, both of them before."
        ),
        improbable_helps,
        describe_help,
        **COMMON,
    )
)
RECIPROCITY = register(
    Figure(
        "reciprocity",
        gettext_lazy("Both ways"),
        gettext_lazy(
            "Of the active members of the period, share of those who both gave and received help."
        ),
        active_both_ways,
        describe_helping,
        percent(gave=True, got=True),
        unit="percent",
        is_share=True,
        window=90,
        **COMMON,
    )
)
PAIRS = register(
    Figure(
        "two_way_pairs",
        gettext_lazy("Pairs both ways"),
        gettext_lazy("Of the pairs of people between whom help passed, share where it came back."),
        pairs,
        describe_pair,
        percent(back=True),
        unit="percent",
        is_share=True,
        window=90,
        **COMMON,
    )
)
PARTNERS = register(
    Figure(
        "partners",
        gettext_lazy("People met over help"),
        gettext_lazy("Mean, over active members, of the people they helped or were helped by."),
        members_with_partners,
        describe_partners,
        Avg(F("partners") * 1.0),
        unit="decimal",
        window=90,
        **COMMON,
    )
)
ACROSS = register(
    Figure(
        "cross_hub",
        gettext_lazy("Help between hives"),
        gettext_lazy("Of the help confirmed, share of that between people of two hives."),
        help_across,
        describe_help,
        percent(crossing=True),
        unit="percent",
        is_share=True,
        shared=True,
        **COMMON,
    )
)
FIGURES = (NEW, PER_MEMBER, IMPROBABLE, RECIPROCITY, PAIRS, PARTNERS, ACROSS)
