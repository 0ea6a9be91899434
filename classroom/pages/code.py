"""The run code: take the lesson home, bring one back."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

from nicegui import ui

from classroom.codes import LONGEST, code_of, settings_from
from classroom.debrief import as_json, as_page
from classroom.pages.visit import Visit
from classroom.settings import SettingsError

_ADDRESS = 400
"""Letters that an address may have around its code."""

_COPY = """async text => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}"""
"""Where a page comes from another machine without TLS, browsers have no clipboard object."""


class Code:
    """The code of the present lesson, what can be saved of it, and a field for another."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        say = visit.say
        with ui.element("div").classes("stack"):
            with ui.element("div").classes("card stack"):
                ui.label(say("code")).classes("title")
                self._code = ui.label().classes("code").props('data-show="code"')
                with ui.element("div").classes("strip wrap"):
                    for key, work in (
                        ("copy", self._copy), ("export", self._json), ("debrief", self._page)
                    ):  # fmt: skip
                        button = ui.button(say(key), on_click=work)
                        button.props(f'dense no-caps outline data-do="{key}"')
                ui.label(say("code_note")).classes("quiet small")
            with ui.element("div").classes("card stack"):
                self._typed = ui.input(say("reopen")).classes("grow")
                self._typed.props(f'outlined dense maxlength={LONGEST + _ADDRESS} data-do="typed"')
                opened = ui.button(say("open_code"), on_click=self._open)
                opened.props('dense no-caps data-do="open_code"').classes("snug")

    def refresh(self) -> None:
        """The code, as it is now."""
        self._code.text = code_of(self._visit.settings)

    async def _copy(self) -> None:
        address = json.dumps(self._visit.address)
        copied = await ui.run_javascript(f"({_COPY})(location.origin + {address})")
        ui.notify(self._visit.say("copied" if copied else "not_copied"))

    async def _json(self) -> None:
        visit = self._visit
        text = await visit.aside(as_json, visit.timeline, visit.same_month_twin)
        ui.download.content(text, "loanlab-lesson.json", "application/json")

    async def _page(self) -> None:
        visit = self._visit
        case = await visit.case()
        text = await visit.aside(
            as_page, visit.timeline, visit.language, visit.same_month_twin, case
        )
        ui.download.content(text, "loanlab-debrief.html", "text/html")

    async def _open(self) -> None:
        try:
            settings = settings_from(_code_in(str(self._typed.value or "")))
        except SettingsError:
            self._visit.refuse("bad_code")
            return
        await self._visit.take(settings)


def _code_in(text: str) -> str:
    """The run code in what was typed: alone, or in the address that *Copy* gives."""
    try:
        return parse_qs(urlsplit(text.strip()).query).get("run", [text])[0]
    except ValueError:  # no address, whatever it is
        return text
