"""All words of the classroom, by language and key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from classroom.words import en, zh

LANGUAGES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "en": en.WORDS, "zh": zh.WORDS,
})  # fmt: skip
"""Language -> key -> text. Names in braces are filled in by ``said``."""


def said(language: str, key: str, /, **facts: object) -> str:
    """The text of a key. Raises: KeyError for a key that there is not."""
    return LANGUAGES[language][key].format(**facts)
