"""How forms are drawn."""

from typing import Any

from django.forms.renderers import TemplatesSetting

from essaim.core import form_controls


class Renderer(TemplatesSetting):
    """Our own field template ties label, help and error together for screen readers."""

    field_template_name = "core/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = form_controls.DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)
