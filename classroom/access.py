"""Who may come in: an access code where the page leaves this machine, and a limit on visitors."""

from __future__ import annotations

import hmac
import ipaddress
import secrets

from experiments.arms import StudyError

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters of a generated code: none that is mistaken for another on a projector."""
CODE_LENGTH = 10
LEAST_LENGTH = 8
LONGEST = 64


def is_local(host: str) -> bool:
    """Does a server at this address answer this machine only?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def new_code() -> str:
    """A code that cannot be guessed: about 50 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def checked_code(code: str) -> str:
    """A code that the trainer chose. Raises: StudyError for one that is easily guessed."""
    if LEAST_LENGTH <= len(code.strip()) <= LONGEST:
        return code.strip()
    raise StudyError(f"access-code: allowed are {LEAST_LENGTH} to {LONGEST} characters")


class Door:
    """Who may see the pages.

    code: the access code; None: everybody who reaches the server. A visitor who typed it keeps a
    token, which ends with the server.
    """

    def __init__(self, code: str | None) -> None:
        self._code = code
        self.token = secrets.token_urlsafe(32)

    @property
    def is_open(self) -> bool:
        """May everybody come in?"""
        return self._code is None

    def opens(self, typed: str) -> bool:
        """Is this the access code? Takes as long for a near miss as for any other."""
        if self._code is None:
            return True
        return hmac.compare_digest(typed.strip().encode(), self._code.encode())

    def admits(self, token: str | None) -> bool:
        """Does this token belong to somebody who typed the code?"""
        if self.is_open:
            return True
        return token is not None and hmac.compare_digest(token.encode(), self.token.encode())


class Places:
    """Places for visitors. most: how many there are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken: set[str] = set()

    def take(self, visitor: str) -> bool:
        """Take a place for a visitor; False where all are taken."""
        if len(self._taken) >= self.most:
            return False
        self._taken.add(visitor)
        return True

    def leave(self, visitor: str) -> None:
        """Give a place back; nothing happens where the visitor has none."""
        self._taken.discard(visitor)

    @property
    def taken(self) -> int:
        """Visitors at present."""
        return len(self._taken)
