"""When a helping hand becomes more than one: too long, or again and again between the same two."""

from essaim.exchange.models import HelpExchange, HelpState, Need

# In minutes: beyond, it is no longer a helping hand.
LONGEST_HELP = 120
# As often between the same two, on the same skill.
OFTEN = 3


def why_a_mission(exchange: HelpExchange) -> str:
    """`long`, `often`, or nothing: only what is still to be done, and was not settled already."""
    if exchange.state != HelpState.AGREED or exchange.mission_refused_at is not None:
        return ""
    if exchange.planned_minutes > LONGEST_HELP:
        return "long"
    return "often" if _times_before(exchange) >= OFTEN else ""


def _times_before(exchange: HelpExchange) -> int:
    asked = Need.skills.through.objects.filter(need_id=exchange.need_id).values("skill_id")
    done = HelpExchange.objects.filter(
        giver_id=exchange.giver_id,
        receiver_id=exchange.receiver_id,
        state=HelpState.CONFIRMED,
        need__skills__in=asked,
    )
    return done.values("pk").distinct().count() if exchange.need_id else 0
