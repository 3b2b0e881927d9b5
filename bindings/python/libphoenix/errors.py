"""What is raised when a call of the library fails: a class for each status."""
from __future__ import annotations

from typing import Optional

from . import _ffi


WIDEST = 80  # characters of a line that is shown


def place_in(text: str, offset: int) -> str:
    """A byte of a text, for people: its line, its column, what is there."""
    before = text.encode("utf-8", "surrogatepass")[:offset].decode(
        "utf-8", "replace")
    left = before.rpartition("\n")[2]
    number = before.count("\n")
    line = text.split("\n")[number]
    shown = line[max(0, len(left) - WIDEST // 2):][:WIDEST]
    return f'line {number + 1}, column {len(left) + 1}: "{shown}"'


class Error(Exception):
    """A call failed, and the store is as it was before it."""

    status = 0
    #: The byte of the input, or the index of the item, at fault.
    offset: Optional[int]
    #: errno, or the database's own code; 0 if there is none.
    os_code: int
    #: The condition, pattern or statement that the offset is in.
    text: Optional[str]

    def __init__(self, message: str, offset: Optional[int] = None,
                 os_code: int = 0, text: Optional[str] = None) -> None:
        super().__init__(message)
        self.offset = offset
        self.os_code = os_code
        self.text = text

    def __str__(self) -> str:
        message = super().__str__()
        if self.text is None or self.offset is None:
            return message
        return f"{message} ({place_in(self.text, self.offset)})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (*self.args, self.offset, self.os_code, self.text)


class NoMemory(Error):
    """Nothing changed; free something and try again."""
    status = _ffi.PHX_NO_MEMORY


class Misuse(Error):
    """A rule was broken: closed before, or of another process."""
    status = _ffi.PHX_MISUSE


class Invalid(Error):
    """The data given is malformed; see offset."""
    status = _ffi.PHX_INVALID


class NotFound(Error):
    """Nothing has that name or id."""
    status = _ffi.PHX_NOT_FOUND


class Conflict(Error):
    """It exists, or changed since it was read."""
    status = _ffi.PHX_CONFLICT


class TooBig(Error):
    """A documented limit was passed."""
    status = _ffi.PHX_TOO_BIG


class Busy(Error):
    """Another writer holds the store; try again."""
    status = _ffi.PHX_BUSY


class Interrupted(Error):
    """Store.interrupt() was called."""
    status = _ffi.PHX_INTERRUPTED


class IO(Error):
    """The disk failed; see os_code."""
    status = _ffi.PHX_IO


class Corrupt(Error):
    """The store holds what was never written."""
    status = _ffi.PHX_CORRUPT


class Unsupported(Error):
    """Not in this build, or the store is newer."""
    status = _ffi.PHX_UNSUPPORTED


class Internal(Error):
    """A bug in libphoenix; please report it."""
    status = _ffi.PHX_INTERNAL


OF_STATUS = {kind.status: kind for kind in Error.__subclasses__()}


def error_of(err: _ffi.phx_error) -> Error:
    """The exception that says what a failed call wrote."""
    kind = OF_STATUS.get(err.status, Internal)
    return kind(err.message.decode("utf-8", "replace"),
                err.offset if err.offset >= 0 else None, err.os_code)
