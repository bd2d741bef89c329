"""Words and arrays ↔ the bytes of a .npz file, which NumPy reads too.

Conventions. A zip archive whose members are stored, not compressed, in a fixed order and with a fixed date, so that a
run always gives the same bytes; ``about.npy`` is UTF-8 JSON. The archive's comment is the SHA-256 of all before it.
Members that are compressed are refused, so nothing in a file is larger than the file.
"""

from __future__ import annotations

import io
import re
import zipfile
from math import prod
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from chainrule.train.document import About, Arrays
from chainrule.train.jsonfile import dumped, foreign, words
from chainrule.train.seal import seal, unseal

# the header as NumPy writes it; numpy.load would evaluate it as a Python literal
HEADER = re.compile(
    rb"\x93NUMPY\x01\x00(?P<size>..)"
    rb"\{'descr': '(?P<kind><f8|<i8|\|u1)', 'fortran_order': False, 'shape': \((?P<shape>[\d, ]{0,400})\), \} *\n",
    re.DOTALL,
)
DATE = (1980, 1, 1, 0, 0, 0)


def to_npz(about: About, arrays: Arrays) -> bytes:
    """The bytes of a file."""
    file = io.BytesIO()
    words = np.frombuffer(dumped(about), np.uint8)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in ({"about": words} | arrays).items():
            whole = array.dtype.kind
            member = io.BytesIO()
            kind = {"i": "<i8", "u": "|u1", "f": "<f8"}[whole]
            npy.write_array(member, np.array(array, dtype=kind, order="C"), version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", DATE), member.getbuffer())
        archive.comment = b"-" * 64
    return seal(file.getvalue()[:-64])


def from_npz(content: bytes, path: object) -> tuple[About, Arrays]:
    """What a file holds."""
    unseal(content, path)
    arrays: Arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            for member in members:
                if member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1:
                    raise foreign(path, f"its part {member.filename!r} is compressed or encrypted")
            if sum(member.file_size for member in members) > len(content):
                raise foreign(path, "its parts are larger than the file")
            for member in members:
                arrays[member.filename.removesuffix(".npy")] = array(archive.read(member), member.filename, path)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OverflowError, OSError) as fault:
        raise foreign(path, f"it is not an archive that can be read ({fault})") from None
    about = arrays.pop("about", None)
    if about is None or about.dtype != np.uint8:
        raise foreign(path, "it has no part 'about'")
    return words(about.tobytes(), path), arrays


def array(content: bytes, name: str, path: object) -> NDArray[Any]:
    """One member: numbers of a known type, exactly as many as its shape says."""
    found = HEADER.match(content)
    if not found or found.end() != 10 + int.from_bytes(found["size"], "little"):
        raise foreign(path, f"its part {name!r} is not an array of numbers")
    kind = np.dtype(found["kind"].decode())
    shape = tuple(int(size) for size in found["shape"].replace(b" ", b"").split(b",") if size)
    if len(shape) > 32 or prod(shape) * kind.itemsize != len(content) - found.end():
        raise foreign(path, f"its part {name!r} does not have as many numbers as it says")
    return np.frombuffer(content, kind, offset=found.end()).reshape(shape)
