"""Fields, sliders and lists that keep what a visitor does to them."""

from __future__ import annotations

from nicegui import ui

_DIGITS = 12
"""More than any number of a lesson has."""
STEP = 5
"""Points of quality between two places of a slider."""


class Slider(ui.slider):
    """A slider that stays where the visitor has moved it.

    NiceGUI's own waits for the server to say where it stands; what is said late takes back what
    was pressed in the meantime, and a press is lost.
    """

    LOOPBACK = False


def quality_slider(label: str, name: str, value: float) -> Slider:
    """A slider from 0 to 100 points, with its value beside its label."""
    with ui.element("div"):
        with ui.element("div").classes("strip between"):
            ui.label(label)
            shown = ui.label().classes("number")
        slider = Slider(min=0, max=100, step=STEP, value=value)
        slider.props(f'aria-label="{label}" data-do="{name}"')
        shown.bind_text_from(slider, "value", lambda _: str(place_of(slider)))
    return slider


def place_of(slider: Slider) -> int:
    """Points at which a slider stands, 0 to 100; 0 where a message that no slider sends says
    otherwise.
    """
    value = slider.value
    known = isinstance(value, int | float) and 0 <= value <= 100
    return int(value) if known else 0


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
