"""The page of one visitor."""

from __future__ import annotations

from nicegui import ui

from classroom.access import Places


def enter(places: Places, asked: dict[str, str]) -> None:
    """Build the page. asked: the query of the address."""
    client = ui.context.client
    if not places.take(client.id):
        ui.label("The classroom is full. 教室已满。")
        return
    client.on_delete(lambda: places.leave(client.id))
    ui.label(asked.get("lang", "en"))
