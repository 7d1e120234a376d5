from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Our own field template ties label, help and error together for screen readers."""

    field_template_name = "core/forms/field.html"
