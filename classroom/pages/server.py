"""The server: the door before the pages, one page a visitor, kernels warmed before it opens."""

from __future__ import annotations

import typer
from fastapi import Request  # FastAPI looks the name up when the page is declared
from nicegui import app, run, ui
from starlette.middleware.trustedhost import TrustedHostMiddleware

from classroom.access import Door, Places, is_local
from classroom.pages.door import Doorkeeper
from classroom.pages.page import enter
from classroom.pages.sweeping import Sweeper
from classroom.settings import Settings
from classroom.timeline import Timeline
from experiments.progress import tell_of_compiling

_RECONNECT_SECONDS = 3.0
"""How long a page that lost its connection is kept; then its work stops and its memory returns."""


def serve(door: Door, host: str, port: int, visitors: int, *, browser: bool) -> None:
    """Serve the pages until interrupted. visitors: how many at one time."""
    _warm()
    places, sweeper = Places(visitors), Sweeper()

    @ui.page("/", title="loanlab classroom", favicon="🏦")
    async def page(request: Request) -> None:
        await enter(places, dict(request.query_params), sweeper.soon)

    app.add_middleware(Doorkeeper, door=door)
    name = f"[{host}]" if ":" in host else host  # as an address has it
    if is_local(host):
        # A foreign name that leads to this machine is somebody else's page reaching in.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", name])
    run.process_pool_start_method = "spawn"
    app.on_startup(lambda: typer.echo(f"Classroom: http://{name}:{port}/  Ctrl-C ends it"))
    ui.run(
        host=host, port=port, show=browser, reload=False, reconnect_timeout=_RECONNECT_SECONDS,
        show_welcome_message=False, title="loanlab classroom", tailwind=False,
    )  # fmt: skip


def _warm() -> None:
    """Live a month of a small lesson, so that no visitor waits for the compiler."""
    tell_of_compiling()
    Timeline(Settings(enterprises=50)).step()
