"""The command line ``loanlab``: its commands, its exit codes, its words for what went wrong.

Exit codes: 0 done, 1 something failed, 2 the input is wrong, 130 interrupted.
Another package adds a command through the entry-point group ``loanlab.commands``: the entry's
name is the command, its object a function or a ``typer.Typer``. Only names are read at the
start; an entry is loaded when it is asked for.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from experiments import (
    assess_commands,
    attribute_commands,
    break_even_commands,
    calibration_commands,
    case_commands,
    experiment_commands,
    report_commands,
    scenario_commands,
    sensitivity_commands,
    store_commands,
    study_commands,
    tape_commands,
    validate_commands,
)

GROUP = "loanlab.commands"
FAILED, WRONG_INPUT, INTERRUPTED = 1, 2, 130
_FAILURES = ("LedgerError", "WorkerLostError")

# Typer brings its own copy of click's errors in newer versions: take them from its export.
UsageError: type[Exception] = typer.BadParameter.__mro__[1]


class Commands(TyperGroup):
    """The commands of this package and those that other packages add."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of all commands."""
        own = super().list_commands(ctx)
        return [*own, *(name for name in _added() if name not in own)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by name, loaded now if another package adds it."""
        own = super().get_command(ctx, cmd_name)
        added = _added()
        return own if own or cmd_name not in added else _loaded(added[cmd_name])


def _added() -> dict[str, metadata.EntryPoint]:
    """Commands of other packages by name."""
    return {entry.name: entry for entry in metadata.entry_points(group=GROUP)}


def _loaded(entry: metadata.EntryPoint) -> Any:
    """The command of an entry point; None, with a word about it, where it cannot be loaded."""
    try:
        found = entry.load()
    except ImportError as error:
        print(f"loanlab {entry.name}: not available: {error}", file=sys.stderr)
        return None
    if not isinstance(found, typer.Typer):
        function, found = found, typer.Typer(add_completion=False)
        found.command(entry.name)(function)
    return typer.main.get_command(found)


app = typer.Typer(
    cls=Commands, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="A laboratory for the credit risk of loans to small and micro enterprises.",
)  # fmt: skip


def _version(asked: bool) -> None:
    """Print the versions of the package and of the model, and leave."""
    if asked:
        from experiments.store.identity import model_version, versions

        print(f"loanlab {versions()['loanlab']}, model {model_version()}")
        raise typer.Exit


@app.callback()
def _main(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show it and leave."),
    ] = False,
) -> None:
    """A laboratory for the credit risk of loans to small and micro enterprises."""


_COMMANDS: dict[str, Callable[..., None]] = {
    "compare": study_commands.compare,
    "run": study_commands.run,
    "audit-draws": study_commands.audit_draws,
    "sensitivity": sensitivity_commands.sensitivity,
    "replay": store_commands.replay,
    "report": report_commands.report,
    "loans": case_commands.loans,
    "journal": case_commands.journal,
    "traces": case_commands.traces,
    "break-even": break_even_commands.break_even,
    "attribute": attribute_commands.attribute,
    "failures": experiment_commands.failures,
    "published": experiment_commands.published,
    "validate": validate_commands.validate,
    "assess": assess_commands.assess,
    "scenarios": scenario_commands.scenarios,
    "check": scenario_commands.check,
    "new": scenario_commands.new,
    "diff": scenario_commands.diff,
}
for _name, _function in _COMMANDS.items():
    app.command(_name)(_function)
app.add_typer(store_commands.app, name="study")
app.add_typer(calibration_commands.app, name="calibrate")
app.add_typer(tape_commands.app, name="tape")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: list[str]) -> int:
    """Run a command; returns the exit code. What went wrong is told on standard error."""
    with _interrupts() as interrupts:
        try:
            command = typer.main.get_command(app)
            with command.make_context("loanlab", arguments or ["--help"]) as context:
                command.invoke(context)
            sys.stdout.flush()
        except typer.Exit as end:
            return end.exit_code
        except (Exception, KeyboardInterrupt) as error:
            # A compiler that is interrupted may die of another error than the interrupt.
            if interrupts or isinstance(error, KeyboardInterrupt | typer.Abort):
                return _told("interrupted", INTERRUPTED)
            if isinstance(error, BrokenPipeError):
                return _unheard()
            explained = _explained(error)
            if explained is None:
                raise
            return _told(*explained)
    return 0


@contextlib.contextmanager
def _interrupts() -> Iterator[list[int]]:
    """A list that grows with every Ctrl-C, which raises KeyboardInterrupt as ever."""
    seen: list[int] = []

    def interrupt(number: int, _frame: object) -> NoReturn:
        seen.append(number)
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGINT, interrupt)
    except ValueError:  # not the main thread: Ctrl-C does not come here
        yield seen
        return
    try:
        yield seen
    finally:
        signal.signal(signal.SIGINT, before)


def _explained(error: BaseException) -> tuple[str, int] | None:
    """Words and exit code for an error that is no bug of this program; None for one that is."""
    from experiments.arms import StudyError
    from scenarios import ScenarioError
    from simulation import StrategyError

    if isinstance(error, UsageError):
        return _usage(error), WRONG_INPUT
    if isinstance(error, StudyError | ScenarioError | StrategyError):
        return str(error), WRONG_INPUT
    if isinstance(error, OSError) or type(error).__name__ in _FAILURES:
        return f"failed: {error}", FAILED
    return None


def _told(words: str, code: int) -> int:
    """Say it on standard error; every line begins with the program's name."""
    for line in words.splitlines():
        print(f"loanlab: {line}", file=sys.stderr, flush=True)
    return code


def _unheard() -> int:
    """The reader of our output has gone: end without a word."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _usage(error: Any) -> str:
    """A wrong command or option in one sentence, with the command that explains more."""
    words = " ".join(str(error.format_message()).split()).rstrip(".?")
    path = error.ctx.command_path if error.ctx else "loanlab"
    return f"{words}; see {path} --help"
