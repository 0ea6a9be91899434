"""Who may come in."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest

from classroom.access import CODE_LENGTH, Door, Places, checked_code, is_local, new_code
from classroom.commands import free_port
from classroom.pages.door import Doorkeeper
from classroom.pages.page import seated
from experiments.arms import StudyError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "localhost"])
def test_this_machine_is_local(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "localhost.example", ""])
def test_all_else_is_not(host: str) -> None:
    assert not is_local(host)


def test_generated_codes_differ_and_are_long() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(len(code) == CODE_LENGTH and checked_code(code) == code for code in codes)


@pytest.mark.parametrize("code", ["", "1234567", "       a        ", "x" * 65])
def test_a_code_that_is_easily_guessed_is_refused(code: str) -> None:
    with pytest.raises(StudyError, match="access-code: allowed are 8 to 64"):
        checked_code(code)


def test_a_door_opens_to_its_code_alone() -> None:
    door = Door("correct horse")
    assert door.opens(" correct horse ")
    assert not any(door.opens(typed) for typed in ("", "correct", "Correct horse", "课堂"))
    assert door.admits(door.token)
    assert not any(door.admits(token) for token in (None, "", "x", Door("correct horse").token))


def test_without_a_code_everybody_comes_in() -> None:
    assert Door(None).admits(None)


def test_places_are_given_back() -> None:
    places = Places(2)
    assert [places.take(name) for name in "abc"] == [True, True, False]
    places.leave("a")
    places.leave("a")
    assert places.take("c")
    assert places.taken == 2


def test_a_port_that_is_taken_is_named() -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StudyError, match=f"cannot listen at 127.0.0.1:{port}"):
            free_port("127.0.0.1", port)
    assert free_port("127.0.0.1", 0) > 0


def test_codes_are_looked_at_one_after_the_other() -> None:
    """The right one waits behind the wrong ones, or everybody could try as many as he likes."""

    async def ask() -> list[bool]:
        keeper = Doorkeeper(None, Door("open-sesame-17"))  # type: ignore[arg-type]
        answers: list[bool] = []

        async def typed(code: str) -> None:
            answers.append(await keeper.opened(code))

        await asyncio.gather(typed("wrong"), typed("open-sesame-17"), typed("wrong again"))
        return answers

    start = time.monotonic()
    assert asyncio.run(ask()) == [False, True, False]
    assert time.monotonic() - start > 1.9


def test_a_place_is_waited_for_a_little() -> None:
    async def ask(client: Any, places: Places) -> bool:
        asyncio.get_running_loop().call_later(0.6, places.leave, "before")
        return await seated(places, client)

    for deleted in (False, True):
        places = Places(1)
        places.take("before")
        client = SimpleNamespace(id="after", is_deleted=deleted)
        assert asyncio.run(ask(client, places)) == (not deleted)
    assert not asyncio.run(seated(Places(0), SimpleNamespace(id="late", is_deleted=False)))  # type: ignore[arg-type]
