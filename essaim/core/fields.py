"""Form fields for what people write."""

from typing import Any

from django import forms

from essaim.core import writing


class Line(forms.CharField):
    """One line; pasted control characters and line breaks are mended rather than refused."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(writing.line(str(value or "")))


class Prose(forms.CharField):
    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        return super().to_python(writing.prose(str(value or "")))
