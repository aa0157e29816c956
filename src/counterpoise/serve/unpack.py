"""An uploaded overlay, unpacked: a workbook or CSV sheets, without bombs, tricks or macros."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

from counterpoise.errors import BadInput, Problem
from counterpoise.serve.limits import Limits

_MOST_FILES = 1_000

_RATIO = 250
"""Most bytes of a file for each packed one; sheets of this project come to about 20."""

_MACRO = re.compile(r"vbaproject|vbadata|macrosheets|activex|/embeddings/|macroenabled", re.I)
"""Names in a workbook that belong to macros or embedded programs."""

_PLACE = re.compile(rb"""\sr\s*=\s*["']\s*\$?([A-Za-z]{0,4})\$?(\d{1,10})""")
"""Where a row or cell of a worksheet says that it stands."""

_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml", re.I)

BOOK, FOLDER = "book.xlsx", "sheets"


def unpack(body: bytes, sheet: str, sheets: Collection[str], place: Path, limits: Limits) -> Path:
    """Write an overlay into a folder: the path of a workbook, or of a folder of sheets.

    A body is a workbook, a ZIP of CSV files, or one CSV file, whose `sheet` must be named.
    BadInput with what is wrong with it.
    """
    if not body:
        raise _bad("empty", "", "a workbook, a ZIP of CSV sheets, or a CSV sheet", "send one")
    if not body.startswith(b"PK"):
        if body.startswith(b"\xd0\xcf\x11\xe0"):
            raise _bad(
                "format", "", "an .xlsx without a password", "save it from the spreadsheet as .xlsx"
            )
        if sheet not in sheets:
            raise _bad("sheet", sheet, f"one of {', '.join(sorted(sheets))}", "add ?sheet=NAME")
        folder = place / FOLDER
        folder.mkdir()
        (folder / f"{sheet}.csv").write_bytes(body)
        return folder
    files = _files(body, limits)
    if any(name.lower() == "[content_types].xml" for name in files):
        return _book(files, place, limits)
    return _folder(files, place)


def _files(body: bytes, limits: Limits) -> dict[str, bytes]:
    """The files of an archive by name, each read within its bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [item for item in archive.infolist() if not item.is_dir()]
            if len(entries) > _MOST_FILES:
                raise _bad(
                    "too-many", str(len(entries)), f"up to {_MOST_FILES} files", "send fewer"
                )
            _check_names([item.filename for item in entries])
            found: dict[str, bytes] = {}
            left = limits.unpacked
            for item in entries:
                if item.flag_bits & 1:
                    raise _bad("password", item.filename, "no password", "pack it without one")
                if item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _bad("packing", item.filename, "ZIP by deflate", "pack it anew")
                bound = min(left, _RATIO * item.compress_size + 10_000)
                with archive.open(item) as file:
                    content = file.read(bound + 1)
                if len(content) > bound:
                    expected = f"up to {limits.unpacked} bytes unpacked, without long repetition"
                    raise _bad("too-large", item.filename, expected, "send less")
                left -= len(content)
                found[item.filename] = content
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
            ValueError, OverflowError) as error:  # fmt: skip
        raise _bad("format", type(error).__name__, "a ZIP archive", "pack it anew") from None


def _check_names(names: list[str]) -> None:
    problems = [
        _problem("path", name, "a name within the archive", "rename it")
        for name in names
        if _leads_out(name)
    ]
    if len({name.lower() for name in names}) < len(names):
        problems.append(_problem("twice", "", "each name once", "remove one"))
    if problems:
        raise BadInput(problems)


def _leads_out(name: str) -> bool:
    """Whether a file's name could lead out of its folder on some system, or can't be read."""
    rooted = name.startswith("/") or "\\" in name or re.match(r"[A-Za-z]:", name) is not None
    return rooted or ".." in name.split("/") or any(ord(letter) < 32 for letter in name)


def _book(files: dict[str, bytes], place: Path, limits: Limits) -> Path:
    """A workbook, packed anew from what was read of it, so that no other reader finds more."""
    types = next(text for name, text in files.items() if name.lower() == "[content_types].xml")
    if any(_MACRO.search(name) for name in files) or _MACRO.search(types.decode("latin-1")):
        raise _bad("macros", "", "a workbook without macros", "save it as .xlsx")
    for name, content in files.items():
        if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
            raise _bad("format", name, "a workbook without its own entities", "save it anew")
        if _SHEETS.fullmatch(name):
            _check_size(name, content, limits)
    path = place / BOOK
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _check_size(name: str, content: bytes, limits: Limits) -> None:
    """A worksheet's cells, from the first to the last place that it names, must be few enough."""
    rows = columns = 1
    for letters, digits in _PLACE.findall(content):
        rows = max(rows, int(digits))
        column = 0
        for letter in letters.upper():
            column = column * 26 + letter - 64
        columns = max(columns, column)
    cells = max(content.count(b"<c ") + content.count(b"<c>"), rows * columns)
    if cells > limits.upload_cells:
        expected = f"up to {limits.upload_cells} cells"
        raise _bad("too-large", f"{name}: {rows} rows × {columns} columns", expected, "send less")


def _folder(files: dict[str, bytes], place: Path) -> Path:
    """A folder of CSV files; a folder in the archive around them all is left out."""
    folder = place / FOLDER
    folder.mkdir()
    around = {name.rpartition("/")[0] for name in files}
    problems = [
        _problem("file", name, "CSV files only", "remove it from the archive")
        for name in files
        if not re.fullmatch(r"[\w-]{1,60}\.csv", name.rpartition("/")[2], re.ASCII)
    ]
    if len(around) > 1:
        problems.append(_problem("folders", "", "all sheets in one folder", "move them together"))
    if problems:
        raise BadInput(problems)
    for name, content in files.items():
        (folder / name.rpartition("/")[2]).write_bytes(content)
    return folder


def _bad(code: str, value: str, expected: str, remedy: str) -> BadInput:
    return BadInput([_problem(code, value, expected, remedy)])


def _problem(code: str, value: str, expected: str, remedy: str) -> Problem:
    return Problem(code, "body", None, "", value, expected, remedy)
