"""The files of a sensitivity study: tables, pictures, a page, and the same as JSON."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.markdown import write_page
from experiments.results import results_folder
from experiments.sensitivity.answer import Answer
from experiments.sensitivity.report import write_pages

PAGE = "sensitivity.md"


def tables_of(answer: Answer) -> dict[str, pd.DataFrame]:
    """Tables by name, the question (or measure) in front; those without a row left out."""
    titles = [found.question.title for found in answer.findings]
    indices = [f.indices.assign(method=f.method.name) for f in answer.findings]
    luck = [pd.DataFrame([f.luck._asdict()]) for f in answer.findings]
    parts = {
        "indices": (titles, indices),
        "convergence": (titles, [f.grown for f in answer.findings]),
        "luck": (titles, luck),
        "failing": (titles, [f.map for f in answer.findings]),
        "breakdown": (list(answer.breakdowns), list(answer.breakdowns.values())),
    }
    joined = {
        name: pd.concat([
            rows.assign(question=title) for title, rows in zip(named, tables, strict=True)
            if len(rows)
        ] or [pd.DataFrame()], ignore_index=True)
        for name, (named, tables) in parts.items()
    }  # fmt: skip
    return {"points": answer.values} | {n: t for n, t in joined.items() if len(t)}


def write_answer(answer: Answer, out: Path, manifest: Mapping[str, Any]) -> None:
    """Tables, pictures and the page into a folder."""
    command = shlex.join(["loanlab", *sys.argv[1:]])
    with results_folder(out, manifest) as folder:
        for name, rows in tables_of(answer).items():
            rows.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        write_page(folder / PAGE, write_pages(answer, folder, command))
