"""What a browser says of itself, in words that its owner recognises."""

from django.utils.translation import gettext

# The order counts: most browsers also name those whose pages they want.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """ "Firefox on Android", or what is known of it; empty when nothing is."""
    browser, machine = _find(BROWSERS, user_agent), _find(MACHINES, user_agent)
    if browser and machine:
        return gettext("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    return browser or machine


def _find(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in names if sign in user_agent), "")
