"""Form fields for what people write."""

from typing import Any

from django import forms

from essaim.core import writing


class Line(forms.CharField):
    """One line; pasted control characters and line breaks are mended rather than refused."""

    def to_python(self, value: Any) -> str | None:
        return super().to_python(writing.line(str(value or "")))


class Search(Line):
    """What is sought: of a pasted text the beginning is enough, and nothing is refused."""

    def __init__(self, **given: Any) -> None:
        super().__init__(required=False, **given)
        self.widget.attrs.setdefault("maxlength", writing.SEARCH_LENGTH)

    def to_python(self, value: Any) -> str | None:
        return str(super().to_python(value) or "")[: writing.SEARCH_LENGTH].strip()


class Prose(forms.CharField):
    widget = forms.Textarea

    def to_python(self, value: Any) -> str | None:
        return super().to_python(writing.prose(str(value or "")))
