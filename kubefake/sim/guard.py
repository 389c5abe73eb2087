"""Catches code that leaves the simulation: real sleeps, clocks, sockets, threads and processes.

While the guard is up, what it watches raises `Escape` with the line of the caller, but only for code that runs inside the
simulation: other threads of the process (a test runner's, a server's) go on as before. What freezegun or another library
has put in place of a clock is left alone, as it repeats by itself.

Must not change what it does not watch; everything is put back in the end.
"""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import BuiltinFunctionType
from typing import Any, NoReturn

from kubefake.sim.clock import Clock
from kubefake.sim.errors import Escape, call_site, is_stdlib
from kubefake.sim.threads import BatonThread

__all__ = ["inside_simulation", "no_escapes"]


@dataclass(frozen=True, slots=True)
class _Inside:
    """What code in a simulation carries with it: the clock whose time it gets, if any."""

    clock: Clock | None


_inside: ContextVar[_Inside | None] = ContextVar("kubefake_sim_inside", default=None)

_CLOCKS = ("sleep", "time", "time_ns", "monotonic", "monotonic_ns")


def _is_real(thing: object) -> bool:
    """Whether this is Python's own and not what a library has put in its place."""
    return isinstance(thing, BuiltinFunctionType) if not isinstance(thing, type) else type(thing) is type


TRUSTED = ("kubefake.sim", "kubeclient.runtime", "pytest", "_pytest", "pluggy", "hypothesis", "coverage", "freezegun")
"""Modules that may read the real clock: they time the run, not what happens in it."""


_ADVICE = {
    "sleep": "wait with the runtime's sleep()",
    "socket": "use the in-process transport",
    "thread": "start it with the runtime's spawn()",
    "process": "run it outside of the simulation",
    "clock": "ask the runtime's clock, or freeze the wall clock with freezegun",
}


def _refuse(what: str, kind: str) -> NoReturn:
    raise Escape(f"{what} in a simulation, at {call_site(sys._getframe(2))}: {_ADVICE[kind]}")


def _may_read_clock(depth: int) -> bool:
    """Whether the code that reads a clock is Python's own or trusted: logging stamps its records, for instance."""
    frame = sys._getframe(depth)
    if is_stdlib(frame.f_code.co_filename):
        return True
    module = str(frame.f_globals.get("__name__", ""))
    return any(module == name or module.startswith(name + ".") for name in TRUSTED)


@contextmanager
def inside_simulation(clock: Clock | None = None) -> Iterator[None]:
    """Makes what is begun in the `with` block part of a simulation: it is watched whenever the guard is up.

    Needed for what is begun before the guard goes up. `clock`: as for `no_escapes`.
    """
    token = _inside.set(_Inside(clock))
    try:
        yield
    finally:
        _inside.reset(token)


@contextmanager
def no_escapes(clock: Clock | None = None) -> Iterator[None]:
    """Puts the guard up for the code in the `with` block and all tasks and simulated threads begun in it.

    Args:
        clock: when given, readings of `time.time()`, `datetime.now()` and their kin get this clock's time instead of
            raising. Sleeps, sockets, threads and processes raise in any case.

    Not re-entrant, and not for two simulations at once in one process.
    """
    copies: dict[str, tuple[object, object]] = {}
    for name in _CLOCKS:
        real = getattr(time, name)
        if _is_real(real):
            copies[name] = (real, _time_function(name, real))
    if _is_real(dt.datetime):
        copies["datetime"] = (dt.datetime, _datetime_class(dt.datetime))
    with ExitStack() as stack:
        for name, (_, replacement) in copies.items():
            _put(stack, dt if name == "datetime" else time, name, replacement)
        for owner, name, replacement in _replacements():
            _put(stack, owner, name, replacement)
        stack.callback(_replace_copies(copies))
        stack.enter_context(inside_simulation(clock))
        yield


def _put(stack: ExitStack, owner: Any, name: str, replacement: Any) -> None:
    """Sets an attribute, until the stack unwinds: then it is what it was, for a class also when it was inherited."""
    if name in vars(owner):
        stack.callback(setattr, owner, name, vars(owner)[name])
    else:
        stack.callback(delattr, owner, name)
    setattr(owner, name, replacement)


def _replacements() -> Iterator[tuple[Any, str, Any]]:
    for name in ("connect", "connect_ex", "bind", "listen", "sendto"):
        yield socket.socket, name, _function(getattr(socket.socket, name), f"socket.{name}()", "socket")
    yield socket, "getaddrinfo", _function(socket.getaddrinfo, "socket.getaddrinfo()", "socket")
    yield subprocess.Popen, "__init__", _function(subprocess.Popen.__init__, "a subprocess", "process")
    yield threading.Thread, "start", _thread_start(threading.Thread.start)


def _function(real: Callable[..., Any], what: str, kind: str) -> Callable[..., Any]:
    def guarded(*args: Any, **options: Any) -> Any:
        if _inside.get() is not None:
            _refuse(what, kind)
        return real(*args, **options)

    return guarded


def _thread_start(real: Callable[..., Any]) -> Callable[..., Any]:
    def start(self: threading.Thread) -> None:
        if _inside.get() is not None and not isinstance(self, BatonThread):
            _refuse(f"thread {self.name!r} is started", "thread")
        real(self)

    return start


def _time_function(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """The clock is asked of the context: a module first imported in a simulation keeps this function for ever."""
    if name == "sleep":
        return _function(real, "time.sleep()", "sleep")

    def read() -> Any:
        inside = _inside.get()
        if inside is None or _may_read_clock(2):
            return real()
        clock = inside.clock
        if clock is None:
            _refuse(f"time.{name}()", "clock")
        ns = clock.time_ns() if name.startswith("time") else clock.monotonic_ns()
        return ns if name.endswith("_ns") else ns / 1e9

    return read


def _datetime_class(real: type[dt.datetime]) -> type[dt.datetime]:
    """A stand-in whose instances are plain datetimes, so that nothing made under the guard differs afterwards."""

    class Meta(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, real)

    def read(what: str, tz: dt.tzinfo | None) -> dt.datetime:
        inside = _inside.get()
        if inside is None or _may_read_clock(3):
            return real.now(tz)
        clock = inside.clock
        if clock is None:
            raise Escape(f"{what} in a simulation, at {call_site(sys._getframe(2))}: {_ADVICE['clock']}")
        seconds, ns = divmod(clock.time_ns(), 1_000_000_000)
        return real.fromtimestamp(seconds, tz).replace(microsecond=ns // 1000)

    class GuardedDatetime(real, metaclass=Meta):  # type: ignore[misc, valid-type]
        def __new__(cls, *args: Any, **options: Any) -> Any:
            return real(*args, **options)

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return read("datetime.now()", tz)

        @classmethod
        def today(cls) -> Any:
            return read("datetime.today()", None)

        @classmethod
        def utcnow(cls) -> Any:
            return read("datetime.utcnow()", dt.UTC).replace(tzinfo=None)

    GuardedDatetime.__name__ = GuardedDatetime.__qualname__ = "datetime"
    return GuardedDatetime


def _replace_copies(copies: Mapping[str, tuple[object, object]]) -> Callable[[], None]:
    """Replaces what `from time import sleep` copied, under its own name, in the modules that are neither Python's nor trusted; returns the undoing."""
    done: list[tuple[dict[str, Any], str, object]] = []
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", None)
        if names is None or not any(name in names for name in copies):
            continue
        filename = getattr(module, "__file__", None) or ""
        own = str(names.get("__name__", ""))
        if is_stdlib(filename) or not filename or own.partition(".")[0] in TRUSTED or own.startswith(TRUSTED):
            continue
        for name, (original, replacement) in copies.items():
            if names.get(name) is original:
                names[name] = replacement
                done.append((names, name, original))

    def undo() -> None:
        for names, name, original in done:
            names[name] = original

    return undo
