"""Mutual help: what is pledged, needed, asked, exchanged and remembered."""

from essaim.exchange.models.capacity import (
    AvoidPair,
    Pause,
    Pledge,
)
from essaim.exchange.models.help import (
    HELP,
    HelpExchange,
    HelpState,
    Thanks,
    ThanksAudience,
)
from essaim.exchange.models.ledger import (
    Account,
    AccountKind,
    Transfer,
    TransferKind,
)
from essaim.exchange.models.needs import (
    ASK,
    LIVE,
    NEED,
    SAID_YES,
    Ask,
    AskState,
    DeclineCode,
    EscalationStep,
    Need,
    NeedAudience,
    NeedSource,
    NeedState,
    Urgency,
)

__all__ = [
    "ASK",
    "HELP",
    "LIVE",
    "NEED",
    "SAID_YES",
    "Account",
    "AccountKind",
    "Ask",
    "AskState",
    "AvoidPair",
    "DeclineCode",
    "EscalationStep",
    "HelpExchange",
    "HelpState",
    "Need",
    "NeedAudience",
    "NeedSource",
    "NeedState",
    "Pause",
    "Pledge",
    "Thanks",
    "ThanksAudience",
    "Transfer",
    "TransferKind",
    "Urgency",
]
