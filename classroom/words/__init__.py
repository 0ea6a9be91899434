"""All words of the classroom, by language and key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from classroom.words import en, pages_en, pages_zh, zh

LANGUAGES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "en": {**en.WORDS, **pages_en.WORDS}, "zh": {**zh.WORDS, **pages_zh.WORDS},
})  # fmt: skip
"""Language -> key -> text. Names in braces are filled in by ``said``."""

NAMES = {"en": "English", "zh": "中文"}


def said(language: str, key: str, /, **facts: object) -> str:
    """The text of a key. Raises: KeyError for a key that there is not."""
    return LANGUAGES[language][key].format(**facts)
