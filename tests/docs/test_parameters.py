"""docs/parameters.md is what the declarations say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from agents.parameters import all_parameters

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "parameters.md"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The script docs/make_parameters.py as a module."""
    path = ROOT / "docs" / "make_parameters.py"
    spec = importlib.util.spec_from_file_location("make_parameters", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date(generator: ModuleType) -> None:
    written = PAGE.read_text(encoding="utf-8").splitlines()
    made = generator.page().splitlines()
    changed = [line for line in made if line not in written]
    changed += [line for line in written if line not in made]
    assert written == made, (
        "docs/parameters.md is not what the declarations say: run `make docs`; it would change\n"
        + "\n".join(changed[:10])
    )


def test_the_page_does_not_depend_on_the_order_of_declaration(
    generator: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned = dict(reversed(generator.SECTIONS.items()))
    before = generator.page()
    monkeypatch.setattr(generator, "SECTIONS", turned)
    assert generator.page() == before


def test_every_parameter_has_its_row(generator: ModuleType) -> None:
    page = generator.page()
    assert [n for n in all_parameters() if f"\n| `{n}` |" not in page] == []


def test_a_table_survives_a_bar_in_a_text(generator: ModuleType) -> None:
    assert generator.table(["a"], [["x | y\nz"]]) == "| a |\n| --- |\n| x \\| y z |\n"
