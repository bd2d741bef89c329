"""The first bytes of a file that is called a text → what it is instead, and what to do; nothing where it may be one."""

from __future__ import annotations

from chainrule.errors import DataError

_UNPACK = "unpack it first"
_BOOK = "in the spreadsheet: save as CSV UTF-8; in pandas: pd.read_excel(…) gives a frame to hand over"

_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "an archive, as workbooks of Excel are, and no text", _BOOK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of an old Excel, and no text", _BOOK),
    (b"\x1f\x8b", "packed by gzip", _UNPACK),
    (b"BZh", "packed by bzip2", _UNPACK),
    (b"\xfd7zXZ\x00", "packed by xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "packed by zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "packed by 7-Zip", _UNPACK),
    (b"PAR1", "a file of Parquet, and no text", "rename it to end in .parquet"),
    (b"ARROW1", "a file of Arrow, and no text", "rename it to end in .arrow"),
    (b"\x93NUMPY", "a file of NumPy, and no text", "rename it to end in .npy"),
    (b"\x89HDF", "a file of HDF5, and no text", "in Python: read it with h5py and hand over a mapping"),
    (b"\x89PNG", "a picture, and no table", "save the table itself as CSV"),
    (b"\xff\xd8\xff", "a picture, and no table", "save the table itself as CSV"),
    (b"%PDF-", "a PDF, and no table", "save the table itself as CSV"),
    (b"SQLite format 3", "a database, and no text", "in pandas: pd.read_sql(…) gives a frame to hand over"),
    (b"version https://git-lfs", "where Git LFS keeps the file, and not the file", "fetch it: git lfs pull"),
)

_PAGES = (b"<!doctype", b"<html", b"<head", b"<body", b"<table", b"<?xml", b"<script")
_JSON = (b'{"', b"[{", b"[[", b"{'")


def check(raw: bytes, name: str) -> None:
    """Nothing, or the error that a file is no text of a table. Error E210."""
    for beginning, what, help in _BEGINNINGS:
        if raw.startswith(beginning):
            raise DataError("E210", f"{name} is {what}", help)
    head = raw[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.lower().startswith(_PAGES):
        help = "download the file itself (a button may be called raw), or save the table as CSV"
        raise DataError("E210", f"{name} is a page or a document with tags, and no table", help)
    if b"".join(head[:8].split()).startswith(_JSON):
        raise DataError("E210", f"{name} is JSON", "rename it to end in .json, or in .ndjson if each line is a record")
    if head[:9].lower().startswith(b"@relation"):
        help = "put the names of the columns in one line, and below it what follows @data"
        raise DataError("E210", f"{name} is a file of Weka (ARFF)", help)
