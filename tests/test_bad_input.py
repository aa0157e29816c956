"""Through the command line: all problems at once, each with its place and remedy, status 2."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from counterpoise.cli import main
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load

Capture = pytest.CaptureFixture[str]
HEAD = "system,capability,unit_price_eur_m_low,unit_price_eur_m,unit_price_eur_m_high"
TAIL = "source,as_of,basis"
STATED = "cp-rules,2026-11,assumed"


def run(capsys: Capture, monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[int, str, str]:
    """Status, output and errors of a command."""
    monkeypatch.setattr(sys, "argv", ["counterpoise", *map(str, words)])
    status = main()
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return status, said.out, said.err


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands without overlays share one reading of the release."""
    monkeypatch.setattr("counterpoise.cli.data.load", lambda overlays, leaks: release())


@functools.cache
def release() -> Dataset:
    return load()


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    folder.mkdir()
    return folder


CASES = {
    "wrong column": (
        "systems", f"{HEAD},colour,{TAIL}\nown,mbt,,1,,red,{STATED}\n",
        ("unknown-column", "row 1", "colour", "rename or remove"),
    ),
    "misspelt column": (
        "systems", f"{HEAD},servicelife_years,{TAIL}\nown,mbt,,1,,30,{STATED}\n",
        ("unknown-column", "servicelife_years", "service_life_years"),
    ),
    "column twice": (
        "systems", f"{HEAD},system,{TAIL}\nown,mbt,,1,,own,{STATED}\n",
        ("column-twice", "system", "remove one"),
    ),
    "no key column": (
        "systems", f"name,{TAIL}\nOwn,{STATED}\n", ("missing-column", "system", "add it"),
    ),
    "no source column": (
        "systems", "system,basis\nown,assumed\n", ("missing-column", "source", "add it"),
    ),
    "wrong type": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,,dear,,{STATED}\n",
        ("not-a-number", "row 2", "unit_price_eur_m", "'dear'", "write digits"),
    ),
    "decimal comma": (
        "systems", f'{HEAD},{TAIL}\nown,mbt,,"1,5",,{STATED}\n', ("not-a-number", "'1,5'"),
    ),
    "not finite": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,NaN,inf,1e999,{STATED}\n",
        ("not-a-number", "'NaN'", "'inf'", "'1e999'"),
    ),
    "negative price": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,,-3,,{STATED}\n",
        ("negative", "row 2", "'-3'", "correct the sign"),
    ),
    "range upside down": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,9,5,1,{STATED}\n", ("range", "row 2", "in order"),
    ),
    "wrong unit": (
        "figures",
        f"address,quantity,value,unit,{TAIL}\nsystem/patriot,unit_price,900,USD m,{STATED}\n",
        ("[unit]", "row 2", "'USD m'", "EUR m", "convert"),
    ),
    "unknown state": (
        "orders", f"id,buyer,system,capability,quantity,{TAIL}\nown,POLL,k2,mbt,9,{STATED}\n",
        ("dangling", "row 2", "column buyer", "'POLL'", "near: POL"),
    ),
    "unknown spender": (
        "gdp", f"state,year,gdp_eur_bn,{TAIL}\nXXX,2026,9,{STATED}\n",
        ("unknown-subject", "row 2", "state/XXX"),
    ),
    "dangling reference": (
        "lines", f"line,system,company,state,{TAIL}\nown,no-such-gun,no-such-firm,DEU,{STATED}\n",
        ("dangling", "no-such-gun", "no-such-firm", "add a row"),
    ),
    "duplicate": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,,1,,{STATED}\nown,mbt,,2,,{STATED}\n",
        ("duplicate", "row 3", "'own'", "merge with row 2"),
    ),
    "duplicate figure row": (
        "gdp", f"state,year,gdp_eur_bn,{TAIL}\n" + f"POL,2026,9,{STATED}\n" * 2,
        ("duplicate", "row 3", "merge with row 2"),
    ),
    "no key": (
        "systems", f"{HEAD},{TAIL}\n,mbt,,1,,{STATED}\n", ("key-empty", "row 2", "system"),
    ),
    "no source": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,,1,,,2026,assumed\n", ("no-source", "row 2"),
    ),
    "unknown source": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,,1,,our-study,2026,assumed\n",
        ("unknown-source", "row 2", "'our-study'", "the sheet sources"),
    ),
    "wrong basis": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,,1,,cp-rules,2026,rumour\n",
        ("basis", "row 2", "'rumour'", "reported or estimated"),
    ),
    "wrong date": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,,1,,cp-rules,last year,assumed\n",
        ("[date]", "row 2", "'last year'", "YYYY"),
    ),
    "short row": (
        "systems", f"{HEAD},{TAIL}\nown,mbt\n", ("row-length", "row 2", "2 cells", "8 cells"),
    ),
    "only a heading": ("systems", f"{HEAD},{TAIL}\n", ("empty", "at least one row")),
    "unknown sheet": ("sytems", "a\n1\n", ("unknown-sheet", "sytems.csv", "rename or remove")),
    "wrong grade": (
        "sources",
        "key,title,publisher,date,url,kind,grade,licence\nown,Own,Us,2026,,press,Z,none\n",
        ("grade", "row 2", "'Z'", "A or B"),
    ),
    "source known already": (
        "sources",
        "key,title,publisher,date,url,kind,grade,licence\ncp-rules,O,U,2026,,press,A,none\n",
        ("source-key", "row 2", "'cp-rules'"),
    ),
    "alias of nothing": (
        "aliases", "alias,address\nold gun,system/no-such-gun\n", ("alias", "row 2", "old gun"),
    ),
    "price of zero to something": (
        "systems", f"{HEAD},{TAIL}\nown,mbt,x,,0,{STATED}\n", ("not-a-number", "'x'"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_told_with_its_place_and_remedy(
    case: str, ours: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet, text, words = CASES[case]
    path = ours / f"{sheet}.csv"
    path.write_text(text, encoding="utf-8")
    status, out, err = run(capsys, monkeypatch, "data", "check", "--data", ours)
    assert status == 2
    assert not out
    for word in (f"ours/{sheet}.csv", *words):
        assert word in err
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ("empty", "a heading row")),
        (b"\n\n", ("empty",)),
        ("system,name\ncaf\u00e9,x\n".encode("latin-1"), ("encoding", "UTF-8")),
        ("system,name\nx,y\n".encode("utf-16"), ("encoding", "UTF-8")),
        (b"system,na\x00me\nx,y\n", ("encoding", "NUL")),
        (b'system,name\n"x,y\n', ("format", "quotation marks")),
    ],
)
def test_a_broken_file_is_told(
    content: bytes,
    words: tuple[str, ...],
    ours: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (ours / "systems.csv").write_bytes(content)
    status, _, err = run(capsys, monkeypatch, "data", "check", "--data", ours)
    assert status == 2
    for word in ("ours/systems.csv", *words):
        assert word in err


def test_a_missing_and_an_empty_folder_are_told(
    ours: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = ours / "gone"
    status, _, err = run(capsys, monkeypatch, "data", "check", "--data", gone, "--data", ours)
    assert status == 2
    assert "no-folder" in err
    assert str(gone) in err
    assert "no-sheets" in err
    assert "2 problems" in err


def test_all_problems_of_all_files_are_told_at_once(
    ours: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = ("wrong column", "unknown state", "dangling reference", "wrong grade", "wrong unit")
    for case in together:
        sheet, text, _ = CASES[case]
        (ours / f"{sheet}.csv").write_text(text, encoding="utf-8")
    status, _, err = run(capsys, monkeypatch, "data", "check", "--data", ours)
    assert status == 2
    for case in together:
        assert all(word in err for word in CASES[case][2]), case
    assert "6 problems" in err


@pytest.mark.parametrize(
    "words",
    [
        ("data", "coverage"),
        ("show", "patriot"),
        ("list", "system"),
        ("why", "system/patriot/unit_price"),
    ],
)
def test_every_command_refuses_bad_data_and_writes_nothing(
    words: tuple[str, ...], ours: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ours / "systems.csv").write_text(CASES["negative price"][1], encoding="utf-8")
    out = ours / "answer.csv"
    out.write_text("kept\n", encoding="utf-8")
    status, said, err = run(
        capsys, monkeypatch, *words, "--data", ours, "--format", "csv", "--out", out
    )
    assert status == 2
    assert not said
    assert "negative" in err
    assert out.read_text(encoding="utf-8") == "kept\n"
    assert sorted(path.name for path in ours.iterdir()) == ["answer.csv", "systems.csv"]


@pytest.mark.usefixtures("once")
def test_an_unknown_format_and_an_unwritable_place_are_told(
    ours: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, _, err = run(capsys, monkeypatch, "list", "area", "--format", "odt")
    assert status == 2
    assert "table or json or csv or xlsx" in err
    out = ours / "no-such-folder" / "areas.csv"
    status, _, err = run(capsys, monkeypatch, "list", "area", "--format", "csv", "--out", out)
    assert status == 2
    assert "cannot-write" in err
    assert not out.parent.exists()


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(
    "words",
    [("show", "Leopard 9"), ("why", "system/patriot/unit_pric"), ("list", "quarrel")],
)
def test_what_is_not_there_is_a_no_with_suggestions(
    words: tuple[str, ...], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = run(capsys, monkeypatch, *words)
    assert status == 1
    assert not out
    assert "did you mean" in err


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize(
    "words",
    [
        ("data", "check"),
        ("data", "coverage"),
        ("show", "PAC-3 MSE"),
        ("show", "state/POL/gdp_eur"),
        ("show", "state/POL/gdp_eur/2026"),
        ("list", "company"),
        ("why", "system/patriot/unit_price"),
        ("why", "patriot"),
    ],
)
@pytest.mark.parametrize("form", ["table", "json", "csv", "xlsx"])
def test_every_answer_comes_in_every_format(
    words: tuple[str, ...], form: str, tmp_path: Path, capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    status, said, err = run(capsys, monkeypatch, *words, "--format", "table")
    assert (status, err) == (0, "")
    assert said
    out = tmp_path / f"answer.{form}"
    status, said, err = run(capsys, monkeypatch, *words, "--format", form, "--out", out)
    assert (status, said, err) == (0, "", "")
    assert out.stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_the_facts_check_answers_through_the_command(
    shared: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = run(
        capsys, monkeypatch, "data", "check", "--facts", shared / "facts", "--format", "csv"
    )
    assert (status, err) == (0, "")
    assert "FAILED" not in out
    status, _, err = run(capsys, monkeypatch, "data", "check", "--facts", tmp_path)
    assert status == 2
    assert "no-facts" in err


def test_the_program_itself_ends_with_the_status(ours: Path) -> None:
    """Once as a program of its own: what `main` returns is the exit status."""
    (ours / "systems.csv").write_text(CASES["wrong type"][1], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "counterpoise", "data", "check", "--data", str(ours)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 2
    assert "not-a-number" in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout
