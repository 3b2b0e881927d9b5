"""The shared library, calls of it, the handles that it gives out."""
from __future__ import annotations

import ctypes
import os
import threading
from functools import partial
from typing import (Any, Callable, Generator, Iterator, Optional, TypeVar)

from . import _ffi
from .errors import Error, Misuse, error_of

R = TypeVar("R")
T = TypeVar("T")
Self = TypeVar("Self", bound="Reader[Any]")


def find_library() -> str:
    """That of LIBPHOENIX, the one this package carries, or the system's."""
    carried = os.path.join(os.path.dirname(__file__), "libphoenix.so.0")
    return os.environ.get("LIBPHOENIX") or (
        carried if os.path.exists(carried) else "libphoenix.so.0")


def load_library() -> ctypes.CDLL:
    try:
        loaded = _ffi.bind(find_library())
    except (OSError, AttributeError) as error:
        raise ImportError(f"libphoenix cannot be loaded: {error}") from error
    version = loaded.phx_version()
    if version < _ffi.PHX_VERSION or \
            version // 1000000 != _ffi.PHX_VERSION_MAJOR:
        raise ImportError(f"libphoenix is {loaded.phx_version_text().decode()}"
                          f", which this package was not made for")
    return loaded


library = load_library()

#: Handles that were not closed yet: the address of each and what it is.
alive: dict[int, str] = {}


def call(function: Any, *arguments: Any) -> int:
    """Calls what can fail; the status, if it did not."""
    __tracebackhide__ = True
    err = _ffi.phx_error()
    status: int = function(*arguments, ctypes.byref(err))
    if status < 0:
        raise error_of(err)
    return status


def written(function: Any, *arguments: Any) -> tuple[int, bytes]:
    """Calls what writes to a buffer, its last output: its status, and that."""
    __tracebackhide__ = True
    buf = _ffi.phx_buf()
    try:
        status = call(function, *arguments, ctypes.byref(buf))
        return status, ctypes.string_at(buf.data, buf.size) if buf.size else b""
    finally:
        library.phx_buf_free(ctypes.byref(buf))


def placed(text: Optional[str], function: Callable[..., T],
           *arguments: Any, **named: Any) -> T:
    """Calls what reads a text: its error tells where in that it is."""
    __tracebackhide__ = True
    try:
        return function(*arguments, **named)
    except Error as error:
        error.text = text
        raise


def _answers(raised: list[BaseException]) -> Generator[int, object, None]:
    """Answers each time it is asked whether to stop. Python lets a signal in
    where a generator goes on, which is inside of the try here; of a function
    it would be before its first line, where nobody catches what is raised."""
    while True:
        try:
            while True:
                yield len(raised)
        except GeneratorExit:
            return
        except BaseException as error:
            raised.append(error)


class Asking(threading.local):
    """The calls of a thread that may ask Python something while they run."""

    def __init__(self) -> None:
        self.depth = 0
        #: What was dropped meanwhile: no call may be made from such a call.
        self.dropped: list[tuple[Any, int]] = []


asking = Asking()


class Watch:
    """Lets Ctrl-C end a call that takes long: the call asks `function`, and
    what a signal raised meanwhile is raised by the `with` around the call."""

    __slots__ = ("function", "_raised")

    def __init__(self) -> None:
        self._raised: list[BaseException] = []
        answers = _answers(self._raised)
        next(answers)
        self.function = _ffi.phx_stop_fn(answers.send)

    def __enter__(self) -> None:
        asking.depth += 1

    def __exit__(self, *_: object) -> None:
        asking.depth -= 1
        while asking.depth == 0 and asking.dropped:
            free, pointer = asking.dropped.pop()
            free(pointer)
        if self._raised:
            raise self._raised.pop() from None


class Owner:
    """The only pointer to something that the library made. It is freed when
    nobody refers to its owner any more: calls that run do."""

    __slots__ = ("pointer", "_free", "_process", "_getpid")

    def __init__(self, pointer: int, free: Any) -> None:
        self._free = free
        self._getpid = os.getpid
        self._process = os.getpid()
        alive[pointer] = free.__name__
        # The last: without it there is nothing to free, if Ctrl-C comes.
        self.pointer = pointer

    def is_here(self) -> bool:
        return self._process == self._getpid()

    def take(self) -> int:
        """The pointer, which is the caller's to free from now on: no process
        has the number 0."""
        alive.pop(self.pointer, None)
        self._process = 0
        return self.pointer

    def __del__(self) -> None:
        if hasattr(self, "pointer") and self.is_here():
            alive.pop(self.pointer, None)
            if asking.depth > 0:
                asking.dropped.append((self._free, self.pointer))
            else:
                self._free(self.pointer)


def _plainly(function: Any, *arguments: Any) -> Any:
    return function(*arguments)


class Handle:
    """Something open, until close()."""

    __slots__ = ("_owner",)

    def __init__(self, function: Any, *arguments: Any, free: Any) -> None:
        __tracebackhide__ = True
        out = ctypes.c_void_p()
        call(function, *arguments, ctypes.byref(out))
        assert out.value is not None
        self._owner: Optional[Owner] = Owner(out.value, free)

    def is_open(self) -> bool:
        return self._owner is not None

    def owner(self) -> Owner:
        """To be dropped after use, also if that fails: a traceback, which
        may be kept, would keep it."""
        __tracebackhide__ = True
        owner = self._owner
        if owner is None:
            raise Misuse("it is closed")
        if not owner.is_here():
            raise Misuse("it was opened before a fork")
        return owner

    def use(self, function: Any, *arguments: Any) -> Any:
        """Calls a function on it."""
        __tracebackhide__ = True
        return self._with(_plainly, function, *arguments)

    def call(self, function: Any, *arguments: Any) -> int:
        """One that can fail: its status."""
        __tracebackhide__ = True
        return self._with(call, function, *arguments)

    def written(self, function: Any, *arguments: Any) -> tuple[int, bytes]:
        """One that writes to a buffer: its status, and that."""
        __tracebackhide__ = True
        return self._with(written, function, *arguments)

    def open(self, function: Any, *arguments: Any, free: Any) -> Handle:
        """One that opens another."""
        __tracebackhide__ = True
        return self._with(partial(Handle, free=free), function, *arguments)

    def _with(self, way: Callable[..., T], function: Any,
              *arguments: Any) -> T:
        __tracebackhide__ = True
        owner = self.owner()
        try:
            return way(function, owner.pointer, *arguments)
        finally:
            del owner

    def close(self) -> None:
        """It goes when the calls that use it are over."""
        self._owner = None


class Reader(Iterator[R]):
    """What comes one after the other from a handle. Threads may share it: each
    row comes to one of them."""

    def __init__(self, handle: Handle, watch: Watch) -> None:
        self._handle = handle
        self._watch = watch
        self._lock = threading.Lock()
        self._ended = False

    def _read(self, pointer: int) -> Optional[R]:
        """The next, or None."""
        raise NotImplementedError

    def _next(self) -> Optional[R]:
        owner = self._handle.owner()
        try:
            with self._lock, self._watch:
                row = None if self._ended else self._read(owner.pointer)
                self._ended = row is None
            return row
        finally:
            del owner

    def __next__(self) -> R:
        row = None
        try:
            row = None if self._ended else self._next()
        except BaseException as error:
            self.close()
            # Another thread may have come to the end just now.
            if not (self._ended and isinstance(error, Misuse)):
                raise
        if row is None:
            self.close()
            raise StopIteration
        return row

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Does so by itself after the last, a failure, or when dropped."""
        self._handle.close()
