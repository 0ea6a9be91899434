"""Run codes: a lesson as a short text that can stand in an address.

A code is the settings that differ from the defaults, as compact JSON, squeezed, in the letters of
URL-safe base64, with a check sum in front. It holds no more than Settings does, and is checked
again when it is read: it cannot name a file, a module or anything but a lesson.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from classroom.settings import Settings, SettingsError, settings_of

VERSION = "1"

IN_ADDRESS = ("run", "month", "lang", "tab", "seat", "firm", "since")
"""What an address may say: a lesson and its month, and what lies on the desk."""

LONGEST = 4_000
"""Letters of the longest code that is read."""

MOST_BYTES = 64_000
"""Of the text in it: a small code must not become a large one."""


def code_of(settings: Settings) -> str:
    """The code of a lesson: letters, digits, ``-`` and ``_``."""
    fields = settings.model_dump(mode="json", exclude_defaults=True)
    packed = zlib.compress(json.dumps(fields, separators=(",", ":")).encode(), 9)
    body = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return f"{VERSION}{_sum(body)}{body}"


def settings_from(code: str) -> Settings:
    """The lesson of a code. Raises: SettingsError with one sentence."""
    text = code.strip()
    if not text or len(text) > LONGEST or not text.isascii():
        raise SettingsError(f"a run code has 1 to {LONGEST:,} letters and digits")
    version, told, body = text[:1], text[1:9], text[9:]
    if version != VERSION:
        raise SettingsError("the run code is of another version of the classroom, or mistyped")
    if told != _sum(body):
        raise SettingsError("the run code is mistyped: its check sum does not fit")
    try:
        unpack = zlib.decompressobj()
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        data = unpack.decompress(raw, MOST_BYTES)
        if unpack.unconsumed_tail:
            raise SettingsError("the run code holds too much")
        fields = json.loads(data)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise SettingsError("the run code cannot be read") from None
    if not isinstance(fields, dict):
        raise SettingsError("the run code holds no lesson")
    return settings_of(fields)


def _sum(body: str) -> str:
    """Check sum of a code's body: eight hexadecimal digits."""
    return f"{zlib.crc32(body.encode()):08x}"
