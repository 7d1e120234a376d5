"""Which gestures each kind of line offers, besides its own button. Pure."""

from enum import StrEnum

from essaim.home.monday import Kind


class Gesture(StrEnum):
    """As they are written in addresses."""

    CALL = "appeler"
    INTRODUCE = "presenter"
    BUZZ = "buzz"
    PAUSE = "pause"
    OFFER = "proposer"
    THANK = "merci"


CALL, INTRODUCE, BUZZ = Gesture.CALL, Gesture.INTRODUCE, Gesture.BUZZ
OFFERED: dict[Kind, tuple[Gesture, ...]] = {
    Kind.NEED: (BUZZ, CALL),
    Kind.NEED_LOOKED_AFTER: (BUZZ, CALL),
    Kind.NEED_IMPORTED: (CALL,),
    Kind.DISPUTE: (CALL,),
    Kind.UNCLAIMED: (CALL,),
    Kind.PROMISE: (CALL,),
    Kind.INVITATION: (CALL,),
    Kind.NEWCOMER: (INTRODUCE, CALL),
    Kind.ISOLATED: (INTRODUCE, CALL),
    Kind.SILENT: (CALL, Gesture.PAUSE),
    Kind.GENEROUS: (Gesture.THANK, Gesture.PAUSE),
}


def offered(kind: Kind) -> tuple[Gesture, ...]:
    return OFFERED.get(kind, ())
