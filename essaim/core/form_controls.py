"""The controls of forms, as Django's own templates draw them, without a template.

Django draws each choice with four templates inside one another, and each attribute with a loop: the
closed form of a preview was a ninth of its cost. What is drawn is the same, to the letter but for
white space; a test compares.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]


def _attributes(attrs: Mapping[str, Any]) -> str:
    """`False` leaves an attribute out, `True` leaves out its value."""
    return "".join(
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{conditional_escape(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _written(value: Any) -> str:
    return str(conditional_escape(localize(value)))


def _input(widget: Widget) -> str:
    value = widget["value"]
    return (
        f'<input type="{conditional_escape(widget["type"])}"'
        f' name="{conditional_escape(widget["name"])}"'
        + ("" if value is None else f' value="{conditional_escape(value)}"')
        + f"{_attributes(widget['attrs'])}>"
    )


def _textarea(widget: Widget) -> str:
    name, value = conditional_escape(widget["name"]), _written(widget["value"] or "")
    return f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{value}</textarea>'


def _select(widget: Widget) -> str:
    name = conditional_escape(widget["name"])
    groups = "".join(_group_of_options(*group) for group in widget["optgroups"])
    return f'<select name="{name}"{_attributes(widget["attrs"])}>{groups}</select>'


def _group_of_options(group: Any, options: list[Widget], _index: int) -> str:
    drawn = "".join(map(_option, options))
    return f'<optgroup label="{_written(group)}">{drawn}</optgroup>' if group else drawn


def _option(option: Widget) -> str:
    value, label = conditional_escape(option["value"]), _written(option["label"])
    return f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'


def _choices(widget: Widget) -> str:
    """Boxes or rounds to tick, each in its label."""
    attrs = widget["attrs"]
    outer = {name: attrs[name] for name in ("id", "class") if attrs.get(name)}
    groups = "".join(_group_of_choices(*group) for group in widget["optgroups"])
    return f"<div{_attributes(outer)}>{groups}</div>"


def _group_of_choices(group: Any, options: list[Widget], _index: int) -> str:
    drawn = "".join(f"<div>{_choice(option)}</div>" for option in options)
    return f"<div><label>{_written(group)}</label>{drawn}</div>" if group else drawn


def _choice(option: Widget) -> str:
    if not option["wrap_label"]:
        return _input(option)
    identifier = option["attrs"].get("id")
    for_ = f' for="{conditional_escape(identifier)}"' if identifier else ""
    return f"<label{for_}>{_input(option)} {_written(option['label'])}</label>"


def _safe(draw: Callable[[Widget], str]) -> Callable[[Widget], SafeString]:
    """Every value was escaped above, where it was written."""
    return lambda widget: mark_safe(draw(widget))  # noqa: S308


INPUTS = (
    *("text", "number", "email", "url", "password", "hidden", "search", "tel"),
    *("date", "datetime", "time", "checkbox"),
)
DRAWN: dict[str, Callable[[Widget], SafeString]] = {
    f"django/forms/widgets/{name}.html": _safe(draw)
    for name, draw in {
        **dict.fromkeys(INPUTS, _input),
        "textarea": _textarea,
        "select": _select,
        "radio": _choices,
        "checkbox_select": _choices,
    }.items()
}
