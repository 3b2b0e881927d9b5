"""Arrow C streams in capsules, as __arrow_c_stream__ is to return them."""
from __future__ import annotations

import ctypes

from . import _ffi

NAME = b"arrow_array_stream"

api = ctypes.pythonapi
new_capsule = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p,
                                ctypes.c_char_p, ctypes.c_void_p)(
    ("PyCapsule_New", api))
# A destructor is handed an object that is dying: it must not become one of
# Python's again, so that the capsule is an address here.
pointer_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p,
                               ctypes.c_char_p)(
    ("PyCapsule_GetPointer", api))

#: Streams in capsules, by their addresses.
held: dict[int, _ffi.ArrowArrayStream] = {}


def release(capsule: int) -> None:
    """Releases a stream that no reader took over."""
    stream = held.pop(pointer_of(capsule, NAME))
    if stream.release:
        stream.release(ctypes.byref(stream))


destroy = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)(release)
# Capsules may outlive this module when Python ends.
api.Py_IncRef(ctypes.py_object(destroy))


def capsule_of(stream: _ffi.ArrowArrayStream) -> object:
    """A capsule with a stream, which is released with it at the latest."""
    address = ctypes.addressof(stream)
    held[address] = stream
    return new_capsule(address, NAME, ctypes.cast(destroy, ctypes.c_void_p))
