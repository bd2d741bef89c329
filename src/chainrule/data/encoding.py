"""The bytes of a text file → UTF-8 with LF between the lines: a byte order mark is read, nothing else guessed."""

from __future__ import annotations

import codecs
from pathlib import Path

from chainrule.data.limits import Limits, exceeded
from chainrule.errors import DataError
from chainrule.notation.bytes import content

MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip


def read(path: Path, limits: Limits) -> bytes:
    """The bytes of a file, up to the limit."""
    raw = content(path, limits.bytes + 1)
    if len(raw) > limits.bytes:
        raise exceeded(f"{path.name} has", limits.bytes, "bytes")
    return raw


def utf8(raw: bytes, name: str) -> bytes:
    """The text as UTF-8 without a mark, each of its lines ended by LF. Error E210: the bytes are no such text."""
    for mark, encoding in MARKS:
        if raw.startswith(mark):
            raw = raw.removeprefix(mark) if encoding == "utf-8" else recoded(raw, encoding, name)
            break
    while raw.startswith(codecs.BOM_UTF8):  # what is saved twice with a mark has two
        raw = raw[len(codecs.BOM_UTF8) :]
    if raw.endswith((b"\x1a", b"\x1a\n", b"\x1a\r\n")):  # how DOS ended a text
        raw = raw.rstrip(b"\r\n").rstrip(b"\x1a")
    if not raw.isascii():
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as fault:
            byte = f"the byte 0x{raw[fault.start]:02x} is not UTF-8"
            raise DataError("E210", f"{place(raw, fault.start, name)}: {byte}", SAVE) from None
    at = raw.find(b"\0")
    if at >= 0:
        wide = b"\0" in raw[0:2] and len(raw) % 2 == 0
        help = f"is it UTF-16 without a byte order mark? {SAVE}" if wide else "is it a CSV file?"
        raise DataError("E210", f"{place(raw, at, name)}: a NUL byte", help)
    if b"\r" in raw:
        raw = raw.replace(b"\r\r\n", b"\n")  # what Windows makes of lines that end in CRLF already
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


SAVE = 'save the file as UTF-8 (in a spreadsheet: "CSV UTF-8"; in pandas: to_csv(…, encoding="utf-8"))'


def recoded(raw: bytes, encoding: str, name: str) -> bytes:
    """A text with another mark, as UTF-8."""
    try:
        return raw.decode(encoding).encode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError) as fault:
        problem = f"{name} begins as {encoding.upper()} does, and is not: byte {fault.start}"
        raise DataError("E210", problem, SAVE) from None


def place(raw: bytes, at: int, name: str) -> str:
    """File, line and column of a byte."""
    before = raw[:at].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line = before.rpartition(b"\n")[2]
    return f"{name}:{before.count(NEWLINE) + 1}:{len(line.decode('utf-8', 'replace')) + 1}"


NEWLINE = b"\n"
