from django import template
from django.utils.translation import gettext

from essaim.hubs import devices

register = template.Library()


@register.filter
def device_words(user_agent: str) -> str:
    return devices.device_words(user_agent) or gettext("A device")
