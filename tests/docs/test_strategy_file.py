"""The guide's strategy file is one, and states every key."""

from __future__ import annotations

from pathlib import Path

import markdown_pages as pages
import pytest

from scenarios import ScenarioError
from scenarios.catalogue import strategy_table
from scenarios.schema import Adoption, Cost, strategy_file

GUIDE = pages.ROOT / "docs" / "guide.md"


@pytest.fixture
def text() -> str:
    """The guide's only block of TOML."""
    (block,) = pages.blocks(GUIDE, "toml")
    return block.text


def test_the_sample_loads_with_every_key(text: str, tmp_path: Path) -> None:
    path = tmp_path / "more_visits.toml"
    path.write_text(text, encoding="utf-8")
    table = strategy_table(path)
    assert set(table) | {"schema_version"} == set(strategy_file().model_fields)
    assert set(table["adoption"]) == set(Adoption.model_fields)
    assert set(table["cost"]) == set(Cost.model_fields)
    assert table["closes"]
    assert table["adds"]


def test_every_key_is_explained() -> None:
    rows = "\n".join(line for line in pages.prose(GUIDE).splitlines() if line.startswith("| "))
    keys = [*strategy_file().model_fields, *Adoption.model_fields, *Cost.model_fields]
    assert [key for key in keys if f"`{key}`" not in rows] == []


def test_tables_of_a_scenario_are_refused_in_a_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "more_visits.toml"
    path.write_text(text.replace("[closes]", "[strategies.more_visits.closes]"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"strategies: unknown key"):
        strategy_table(path)
