"""Fields for whole numbers."""

from __future__ import annotations

from nicegui import ui

_DIGITS = 12
"""More than any number of a lesson has."""


def number_field(label: str, name: str) -> ui.input:
    """A field in which a whole number is typed.

    It is a field of text: a browser's field for numbers keeps what it cannot read to itself, so
    that nothing could be said about it; and Chromium 156 ended the page now and then where such a
    field was typed in and given another value at once.
    """
    field = ui.input(label)
    return field.props(f'dense outlined inputmode=numeric maxlength={_DIGITS} data-do="{name}"')


def let_go(select: ui.select) -> ui.select:
    """A list that gives the keys back once a choice is made: its focus would swallow them."""
    return select.on(
        "popup-hide", js_handler="() => setTimeout(() => document.activeElement?.blur())"
    )


def unlabelled(select: ui.select, name: str) -> ui.select:
    """A list whose name is heard only; Quasar gives a list no other name than its label."""
    return select.props(f'dense borderless label="{name}"').classes("unlabelled")


def typed_number(field: ui.input) -> int | None:
    """The number in a field; None where there is no whole number from 0."""
    text = str(field.value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
