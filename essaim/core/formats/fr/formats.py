"""French numbers: thousands are parted by a narrow no-break space."""

THOUSAND_SEPARATOR = "\u202f"
