"""The command ``loanlab classroom``, entered in the group ``loanlab.commands``."""

from __future__ import annotations

import socket
from importlib import util
from typing import Annotated

import typer

from experiments.study_commands import number

MOST_VISITORS = 200
_HIGHEST_PORT = 65_535

Host = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Answer there; others than this machine need a code.")
]
AccessCode = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="Ask for this code; else one is made where --host is given."),
]


def classroom(
    host: Host = "127.0.0.1",
    port: Annotated[int, number("Port; 0: any that is free.")] = 8080,
    access_code: AccessCode = None,
    visitors: Annotated[int, number("Visitors at one time.")] = 30,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
) -> None:
    """Open the training page: watch a process fail, open the case, decide again."""
    from classroom.access import Door, checked_code, is_local, new_code
    from experiments.arms import whole_number

    check_classroom()
    whole_number("port", port, 0, _HIGHEST_PORT)
    whole_number("visitors", visitors, 1, MOST_VISITORS)
    code = checked_code(access_code) if access_code is not None else None
    if code is None and not is_local(host):
        code = new_code()
    port = free_port(host, port)
    from classroom.pages.server import serve

    if code is not None:
        typer.echo(f"Access code: {code}")
    serve(Door(code), host, port, visitors, browser=browser)


def check_classroom() -> None:
    """Is what the pages need installed? Raises: StudyError."""
    from experiments.arms import StudyError

    if util.find_spec("nicegui") is None:
        raise StudyError(
            "the classroom needs the extra classroom; install it with: "
            "python -m pip install 'loanlab[classroom]'"
        )


def free_port(host: str, port: int) -> int:
    """The port, or any that is free for 0. Raises: StudyError where one cannot listen there."""
    from experiments.arms import StudyError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise StudyError(
                f"cannot listen at {host}:{port} ({error.strerror}); another port: --port 8081"
            ) from None
        return int(listener.getsockname()[1])
