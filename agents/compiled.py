"""How a rule becomes fast: the two decorators, their cache, and replacing a rule.

A rule is a short scalar function; a kernel is a loop that calls rules for every record.
Both are compiled by numba. With ``NUMBA_DISABLE_JIT=1`` the same source runs as plain
Python, bit for bit.

Why the cache has its own folder: numba keeps a compiled kernel as long as the kernel's
*own* file is unchanged, even when a rule it calls in another file was edited. The folder
is therefore named by a hash of every source that is compiled.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import inspect
import os
import shutil
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

PLAIN = bool(numba.config.DISABLE_JIT)
"""True where numba is switched off and every rule is a plain Python function."""

_KEPT_FOLDERS = 3
_IN_USE = 86_400.0
"""Seconds for which a folder may belong to a process that still compiles into it: a kernel is
compiled at its first call, and without its folder numba raises there."""

_SOURCES = ("agents", "simulation")


_PRIMITIVES: set[types.FunctionType] = set()


class RuleError(TypeError):
    """A replacement rule that does not fit: unknown name or other arguments."""


def _source_hash(extra: str = "") -> str:
    """Hash of all compiled sources, the compiler and the interpreter."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256(f"{numba.__version__} {sys.version} {extra}".encode())
    for package in _SOURCES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_home() -> Path | None:
    """First folder that can be written: the user's choice, the user's cache, none."""
    chosen = os.environ.get("LOANLAB_CACHE_DIR")
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    candidates = [Path(chosen)] if chosen else []
    with contextlib.suppress(RuntimeError):  # no home directory
        candidates.append(Path(base) if base else Path.home() / ".cache")
    for candidate in candidates:
        home = candidate / "loanlab"
        try:
            home.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=home):
                return home
        except OSError:
            continue
    return None


def _open_cache(extra: str = "", kind: str = "kernels") -> str:
    """Folder for kernels compiled from today's sources; "" if none.

    All but the newest few are removed once nobody has opened them for a day.

    extra: users' sources. kind: kernels with replaced rules are kept apart, so that they
    cannot push the model's own out.
    """
    home = _cache_home()
    if home is None:
        return ""
    home = home / kind
    folder = home / _source_hash(extra)
    with contextlib.suppress(OSError):
        folder.mkdir(exist_ok=True, parents=True)
        os.utime(folder)
        opened = {f: f.stat().st_mtime for f in home.iterdir() if f.is_dir()}
        for old in sorted(opened, key=opened.__getitem__)[:-_KEPT_FOLDERS]:
            if opened[old] < time.time() - _IN_USE:
                shutil.rmtree(old, ignore_errors=True)
    return str(folder)


CACHE_FOLDER = "" if PLAIN else _open_cache()
if CACHE_FOLDER:
    numba.config.CACHE_DIR = CACHE_FOLDER


def waits_for_compiler(names: Iterable[str]) -> bool:
    """Is one of the model's functions not in the cache yet, from which processes load them?

    names: of functions. False where nothing is compiled, or nothing is kept.
    """
    if not CACHE_FOLDER:
        return False
    return any(not any(Path(CACHE_FOLDER).rglob(f"*.{name}-*.nbi")) for name in names)


def _compile(function: F, *, cache: bool = True, errors: str = "numpy") -> F:
    """Compile with the settings every rule and kernel shares (never fastmath).

    errors: ``python`` lets a division by 0 raise, as it does without the compiler.
    """
    cache = cache and bool(CACHE_FOLDER)
    return numba.njit(cache=cache, nogil=True, error_model=errors)(function)


def rule(function: F) -> F:
    """Mark a scalar function as a rule: numbers and uniform draws in, a number out."""
    return _compile(function)


def kernel(function: F) -> F:
    """Mark a stage or a loop over records, which may call rules."""
    return _compile(function)


def primitive(function: F) -> F:
    """Mark a function without decisions (a draw, a quantile): compiled, never replaced."""
    compiled = _compile(function)
    _PRIMITIVES.add(plain_function(compiled))
    return compiled


def plain_function(function: Callable[..., Any]) -> types.FunctionType:
    """The Python function behind a compiled or plain one."""
    source = getattr(function, "py_func", function)
    if not isinstance(source, types.FunctionType):
        raise RuleError(f"{function!r} is not a Python function")
    return source


def _ours(value: object) -> bool:
    """Is it a function of ours, to be followed when rules are replaced?"""
    source = getattr(value, "py_func", value)
    module = getattr(source, "__module__", "") or ""
    is_function = isinstance(source, types.FunctionType) and source not in _PRIMITIVES
    return is_function and module.split(".")[0] in _SOURCES


def _callees(function: Callable[..., Any]) -> dict[str, Any]:
    """Our functions that a function calls by a global name."""
    source = plain_function(function)
    names = source.__code__.co_names
    return {n: source.__globals__[n] for n in names if _ours(source.__globals__.get(n))}


def called_rules(functions: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    """Every rule that the functions reach, by name: what a user may replace."""
    found: dict[str, Any] = {}
    pending = list(functions.values())
    while pending:
        for name, callee in _callees(pending.pop()).items():
            if name not in found:
                found[name] = callee
                pending.append(callee)
    return found


def _check_signature(name: str, given: Callable[..., Any], known: Mapping[str, Any]) -> None:
    if name not in known:
        raise RuleError(f"there is no rule {name!r}; rules are: {', '.join(sorted(known))}")
    wanted = list(inspect.signature(plain_function(known[name])).parameters)
    got = list(inspect.signature(plain_function(given)).parameters)
    if wanted != got:
        raise RuleError(
            f"rule {name!r} takes ({', '.join(wanted)}), the replacement takes ({', '.join(got)})"
        )


def rule_sources(replacements: Mapping[str, Callable[..., Any]]) -> str:
    """Text of users' rules, in the order of their names; bytecode where there is no text."""
    text = []
    for name, function in sorted(replacements.items()):
        try:
            text.append(name + inspect.getsource(plain_function(function)))
        except (OSError, TypeError):
            text.append(name + plain_function(function).__code__.co_code.hex())
    return "".join(text)


@contextlib.contextmanager
def _cache_for(replacements: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Point numba's cache at a folder that the users' sources name too."""
    before = numba.config.CACHE_DIR
    if CACHE_FOLDER:
        numba.config.CACHE_DIR = _open_cache(rule_sources(replacements), "replaced")
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


def rebuild(
    functions: Mapping[str, F],
    replacements: Mapping[str, Callable[..., Any]] | None = None,
    *,
    plain: bool = False,
) -> dict[str, F]:
    """The same functions with some rules replaced, or all of them as plain Python.

    functions: stages by name. replacements: rule name -> function with the same argument
    names. plain: leave everything uncompiled (for the debugger and the equivalence test).
    A replacement that numba cannot compile makes the stages that call it plain.
    Returns: the stages by name. Raises: RuleError for an unknown rule or other arguments.
    """
    replacements = dict(replacements or {})
    known = called_rules(functions)
    for name, function in replacements.items():
        _check_signature(name, function, known)
    if not replacements and (not plain or PLAIN):
        return dict(functions)
    done: dict[types.FunctionType, Any] = {}
    # What numba caches names the module of each function: another process must find it.
    lasting = all(_is_lasting(function) for function in replacements.values())

    def rebuilt(function: Any) -> Any:
        source = plain_function(function)
        if source in done:
            return done[source]
        callees = {name: rebuilt(callee) for name, callee in _callees(function).items()}
        changed = {
            name: prepared.get(name, callee)
            for name, callee in callees.items()
            if name in prepared or callee is not source.__globals__[name]
        }
        if not changed and not plain:
            done[source] = function
            return function
        copy = types.FunctionType(
            source.__code__, {**source.__globals__, **changed}, source.__name__,
            source.__defaults__, source.__closure__,
        )  # fmt: skip
        copy.__module__, copy.__qualname__ = source.__module__, source.__qualname__
        all_compiled = all(hasattr(c, "py_func") for c in changed.values())
        usable = not plain and not PLAIN and all_compiled
        done[source] = _compile(copy, cache=lasting) if usable else copy
        return done[source]

    with _cache_for(replacements):
        prepared = {n: f if plain else _try_compile(f) for n, f in replacements.items()}
        return {name: rebuilt(function) for name, function in functions.items()}


def _names(code: types.CodeType) -> set[str]:
    """Global names that a function uses, inner functions included."""
    inner = (part for part in code.co_consts if isinstance(part, types.CodeType))
    return set(code.co_names).union(*(_names(part) for part in inner))


def _is_lasting(function: Callable[..., Any]) -> bool:
    """Does its text alone say what the function does, and can another process import it?"""
    source = plain_function(function)
    used = [source.__globals__.get(name) for name in _names(source.__code__)]
    fixed = ("math", "numpy")  # what other modules hold may change from run to run
    values = [v for v in used if v is not None and getattr(v, "__name__", "") not in fixed]
    if source.__closure__ or values or inspect.getmodule(source) is None:
        return False
    if source.__module__ == "__main__":
        return True
    try:
        return importlib.util.find_spec(source.__module__) is not None
    except (ImportError, ValueError):
        return False


def _try_compile(function: Callable[..., Any]) -> Any:
    """Compile a user's function if numba can; otherwise hand it back unchanged.

    Compilation proper happens at the first call, so the types are probed with floats.
    """
    if PLAIN:
        return function
    source = plain_function(function)
    arguments = (numba.float64,) * len(inspect.signature(source).parameters)
    compiled: Any = _compile(source, cache=False, errors="python")
    try:
        compiled.compile(arguments)
    except (numba.core.errors.NumbaError, numba.core.errors.UnsupportedBytecodeError):
        return source
    return _compile(source, cache=False, errors="python")
