"""The frozen run: one small eventful world whose every field is stored as a hash.

``python tests/simulation/frozen.py`` (``make frozen``) lives the world again and writes
``frozen.json``. Do so when a mechanism was meant to change, and say in the commit what moved.
The tests load this file by its path; it is no test module.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
STORE = HERE / "frozen.json"
STRATEGIES = ["risk_warning", "pre_loan_process"]
SEED = 4


def machine() -> dict[str, str]:
    """What the last bits of a result may depend on: exp and log come from the C library."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "c_library": " ".join(platform.libc_ver()),
        "numba": metadata.version("numba"),
        "numpy": metadata.version("numpy"),
    }


def lived(overrides: dict[str, Any], fingerprint: Any) -> dict[str, Any]:
    """The world at its end: hash of all its fields, and its measures."""
    from scenarios import load_scenario
    from simulation import LoanPortfolio

    model = LoanPortfolio(load_scenario("l_bank", **overrides), STRATEGIES, seed=SEED)
    model.run()
    measures = {name: float(value) for name, value in model.measures().items()}
    return {"fingerprint": fingerprint(model), "measures": measures}


def main() -> None:
    """Renew the stored run and say which measures moved."""
    sys.path.insert(0, str(HERE.parent.parent))
    from conftest import EVENTFUL
    from fingerprints import fingerprint

    old = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    new = {"machine": machine(), **lived(EVENTFUL, fingerprint)}
    STORE.write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8")
    before = old.get("measures", {})
    for name, value in new["measures"].items():
        if repr(before.get(name)) != repr(value):
            print(f"{name}: {before.get(name)} -> {value}")
    print("unchanged" if old == new else f"wrote {STORE.name}")


if __name__ == "__main__":
    main()
