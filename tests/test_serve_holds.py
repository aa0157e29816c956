"""The server under load and malice: jobs in a queue, uploads, slow clients, the whole API."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from counterpoise.data.book import book
from counterpoise.data.dataset import Dataset
from counterpoise.data.layers import read_layers
from counterpoise.data.load import REFERENCE, load
from counterpoise.errors import BadInput
from counterpoise.pages.answers_kept import Answers
from counterpoise.questions.catalogue import questions
from counterpoise.serve.jobs import CANCELLED, DONE, FAILED, RUNNING, WAITING, Jobs, Task
from counterpoise.serve.limits import Limits
from counterpoise.serve.problems import Refusal, plain
from counterpoise.serve.service import Served
from counterpoise.serve.unpack import unpack
from serving import SMALL, problems, serving

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def address(dataset: Dataset, folder: Path) -> Iterator[str]:
    with serving(Served(dataset, folder), SMALL) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as found:
        yield found


# Jobs

SLEEPS = """
import subprocess, sys, time
print("· first", file=sys.stderr)
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open({started!r}, "w").write(str(inner.pid))
time.sleep({seconds})
print('{{"told": 1}}')
inner.kill()
"""


def _task(key: str, place: Path, seconds: float = 0.0, code: str = "") -> Task:
    """A task whose process has a child, which it names in a file once it runs."""
    text = code or SLEEPS.format(started=str(place / key), seconds=seconds)

    def command(folder: Path) -> list[str]:
        (folder / "script.py").write_text(text)
        return ["script"]

    return Task(key, key, {}, command, lambda folder, output: output.decode())


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    found = Jobs(Limits(jobs_running=1, jobs_waiting=2, jobs_of_client=3, job_seconds=20))
    found.open()
    yield found
    found.close()


def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def test_a_job_tells_its_progress_and_keeps_its_result(jobs: Jobs, tmp_path: Path) -> None:
    first = jobs.add(_task("a", tmp_path, 0.2), "one")
    assert first["state"] in (WAITING, RUNNING)
    assert jobs.add(_task("a", tmp_path, 0.2), "two")["id"] == first["id"]
    _until(lambda: jobs.see("a")["state"] == DONE)
    done = jobs.see("a")
    assert done["lines"] == ["first"] and done["result"].strip() == '{"told": 1}'
    assert jobs.add(_task("a", tmp_path), "three")["state"] == DONE


def test_a_cancelled_job_ends_with_all_its_processes(jobs: Jobs, tmp_path: Path) -> None:
    jobs.add(_task("a", tmp_path, 600), "one")
    jobs.add(_task("a", tmp_path, 600), "two")
    _until(lambda: (tmp_path / "a").is_file() and (tmp_path / "a").read_text() != "")
    inner = int((tmp_path / "a").read_text())
    with pytest.raises(Refusal) as refused:
        jobs.cancel("a", "stranger")
    assert refused.value.status == 403
    assert jobs.cancel("a", "one")["state"] == RUNNING, "the other still wants it"
    assert not _gone(inner)
    assert jobs.cancel("a", "two")["state"] == CANCELLED
    _until(lambda: _gone(inner))
    assert jobs.add(_task("a", tmp_path, 0), "one")["state"] != CANCELLED
    _until(lambda: jobs.see("a")["state"] == DONE)


def test_the_queue_is_bounded_for_all_and_for_each(jobs: Jobs, tmp_path: Path) -> None:
    jobs.add(_task("a", tmp_path, 600), "one")
    _until(lambda: jobs.see("a")["state"] == RUNNING)
    assert jobs.add(_task("b", tmp_path), "one")["position"] == 1
    assert jobs.add(_task("c", tmp_path), "one")["position"] == 2
    for key, client, code in (("d", "one", "too-many-jobs"), ("d", "two", "queue-full")):
        with pytest.raises(Refusal) as refused:
            jobs.add(_task(key, tmp_path), client)
        assert refused.value.status == 429 and refused.value.problems[0].code == code
        assert refused.value.headers["Retry-After"]
    jobs.cancel("b", "one")
    assert jobs.see("c")["position"] == 1
    jobs.cancel("a", "one")
    _until(lambda: jobs.see("c")["state"] == DONE)


def test_a_job_has_so_much_time_and_room(tmp_path: Path) -> None:
    jobs = Jobs(Limits(job_seconds=0.5, job_result=100))
    jobs.open()
    try:
        jobs.add(_task("late", tmp_path, 600), "one")
        jobs.add(_task("large", tmp_path, code="print('x' * 1000)"), "one")
        fault = "import sys; print('counterpoise: no such thing', file=sys.stderr); sys.exit(1)"
        jobs.add(_task("wrong", tmp_path, code=fault), "one")
        _until(lambda: jobs.see("wrong")["state"] == FAILED)
    finally:
        jobs.close()
    assert "0.5 seconds" in jobs.see("late")["problem"]
    assert "100 bytes" in jobs.see("large")["problem"]
    assert jobs.see("wrong")["problem"] == "no such thing"
    _until(lambda: _gone(int((tmp_path / "late").read_text())))


def test_results_are_let_go_and_the_server_ends_what_runs(tmp_path: Path) -> None:
    now = [0.0]
    jobs = Jobs(Limits(job_kept=60), clock=lambda: now[0])
    jobs.open()
    jobs.add(_task("a", tmp_path), "one")
    _until(lambda: jobs.see("a")["state"] == DONE)
    now[0] = 61.0
    with pytest.raises(Refusal) as refused:
        jobs.see("a")
    assert refused.value.status == 404
    jobs.add(_task("b", tmp_path, 600), "one")
    _until(lambda: (tmp_path / "b").is_file() and (tmp_path / "b").read_text() != "")
    jobs.close()
    _until(lambda: _gone(int((tmp_path / "b").read_text())))


@pytest.mark.slow
def test_an_answer_that_needs_a_plan_is_a_job_and_then_a_page(
    client: httpx.Client, folder: Path, dataset: Dataset
) -> None:
    page = "ask/q49/behaviours=ordered-and-together/scenarios=baseline"
    assert f'data-job="{page}"' in client.get(f"/{page}/").text
    job = client.post("/api/jobs", json={"path": page}).json()
    _until(
        lambda: client.get(f"/api/jobs/{job['id']}").json()["state"] not in ("queued", "running"),
        300,
    )
    done = client.get(f"/api/jobs/{job['id']}").json()
    assert done["state"] == "done", done
    shown = client.get(f"/{page}/")
    assert shown.status_code == 200 and done["result"]["sentence"].split()[-1] in shown.text
    given = {"behaviours": "ordered-and-together", "scenarios": "baseline"}
    kept = Answers(folder, dataset.id).find(questions().questions["q49"], given)
    assert kept is not None and kept.sentence == done["result"]["sentence"]
    assert [path.name for path in folder.iterdir()] == [".answers"], "a job leaves no run behind"


# Uploads


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _sheet(cells: str) -> bytes:
    """A workbook with one worksheet of these rows, as XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    packed = "http://schemas.openxmlformats.org/package/2006/relationships"
    return _zip(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{packed}"/>'.encode(),
            "xl/workbook.xml": (
                f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets>'
                '<sheet name="lines" sheetId="1" r:id="rId1"/></sheets></workbook>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{packed}"><Relationship Id="rId1" Type="{links}/worksheet"'
                ' Target="worksheets/sheet1.xml"/></Relationships>'
            ).encode(),
            "xl/worksheets/sheet1.xml": (
                f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'
            ).encode(),
        }
    )


GOOD = b"state,year,value\n"

BAD = {
    "nothing": (b"", "empty"),
    "no archive": (b"PK\x03\x04" + b"x" * 200, "format"),
    "bomb": (_zip({"prices.csv": b"\0" * 60_000_000}), "too-large"),
    "many": (_zip({f"a{at}.csv": b"x" for at in range(1_100)}), "too-many"),
    "leads out": (_zip({"../../evil.csv": b"x"}), "path"),
    "root": (_zip({"/etc/evil.csv": b"x"}), "path"),
    "windows": (_zip({"..\\evil.csv": b"x", "C:\\x.csv": b"x"}), "path"),
    "program": (_zip({"run.sh": b"x"}), "file"),
    "link": (_zip({"sources": b"/etc/passwd"}), "file"),
    "macros": (
        _zip({"[Content_Types].xml": b"<Types/>", "xl/vbaProject.bin": b"x"}),
        "macros",
    ),
    "entities": (
        _zip(
            {
                "[Content_Types].xml": b"<Types/>",
                "xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
            }
        ),
        "format",
    ),
    "far cell": (_sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "too-large"),
    "far row": (_sheet("<row r='999999'><c r='ZZ1'><v>1</v></c></row>"), "too-large"),
    "password": (b"\xd0\xcf\x11\xe0" + b"x" * 600, "format"),
}


@pytest.mark.parametrize("name", BAD)
def test_uploads_that_mean_harm_are_refused(
    client: httpx.Client, tmp_path: Path, name: str
) -> None:
    body, code = BAD[name]
    reply = client.post("/api/check-overlay", content=body, headers={"content-type": XLSX})
    assert problems(reply, 422)[0]["code"] == code
    with pytest.raises(BadInput):
        unpack(body, "", {"prices"}, tmp_path, Limits())
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_uploads_are_bounded_and_typed(client: httpx.Client) -> None:
    big = b"x" * 12_000_001
    problems(client.post("/api/check-overlay", content=big, headers={"content-type": XLSX}), 413)
    for kind in ("text/html", "multipart/form-data; boundary=x"):
        reply = client.post("/api/check-overlay", content=GOOD, headers={"content-type": kind})
        problems(reply, 415)
    reply = client.post("/api/check-overlay", content=GOOD, headers={"content-type": "text/csv"})
    assert problems(reply, 422)[0]["code"] == "sheet"


def test_an_overlay_is_checked_like_any_other(client: httpx.Client, dataset: Dataset) -> None:
    """A sheet with a changed figure: what it changes; one with a fault: the problem in its cell."""
    heading, *lines = (REFERENCE / "systems.csv").read_text(encoding="utf-8").splitlines()
    patriot = next(line for line in lines if line.startswith("patriot,"))
    moved = patriot.replace(patriot.split(",")[1], "Patriot of ours", 1)
    before = set(os.listdir("/tmp"))
    for good, line in ((True, moved), (False, moved + ",one cell too many")):
        body = _zip({"mine/systems.csv": f"{heading}\n{line}\n".encode()})
        reply = client.post(
            "/api/check-overlay", content=body, headers={"content-type": "application/zip"}
        )
        assert reply.status_code == 200, reply.text
        said = reply.json()
        assert said["good"] is good, said
        if good:
            assert said["changes"]["release"] != dataset.id
        else:
            (problem,) = said["problems"]
            assert (problem["code"], problem["row"]) == ("row-length", 2)
            assert problem["where"] == "sheets/systems.csv"
    left = {name for name in set(os.listdir("/tmp")) - before if "counterpoise-overlay" in name}
    assert not left


def test_an_exported_book_changes_nothing(client: httpx.Client, dataset: Dataset) -> None:
    content = book(dataset, read_layers(REFERENCE, (), dataset.schema, []))
    reply = client.post("/api/check-overlay", content=content, headers={"content-type": XLSX})
    said = reply.json()
    assert said["good"] is True, said
    assert said["changes"]["moved"] == [] and said["changes"]["links_new"] == 0


# Slow clients and many of them


def test_slow_clients_lose_their_connection_and_hold_up_nobody(
    address: str, client: httpx.Client
) -> None:
    host, port = address.removeprefix("http://").split(":")
    body = b"POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    starts = [
        b"GET /api/about HTTP/1.1\r\nHost: localhost\r\n",
        body + b"Content-Length: 50\r\n\r\n",
    ]
    links = [socket.create_connection((host, int(port)), timeout=20) for _ in range(60)]
    ended: list[float] = []

    def drip(link: socket.socket, sent: bytes) -> None:
        begun = time.monotonic()
        link.sendall(sent)
        try:
            for _ in range(40):
                link.sendall(b"x")
                link.settimeout(0.25)
                try:
                    if not link.recv(4096):
                        break
                except TimeoutError:
                    continue
        except OSError:
            pass
        ended.append(time.monotonic() - begun)
        link.close()

    threads = [
        threading.Thread(target=drip, args=(link, starts[at % 2])) for at, link in enumerate(links)
    ]
    for thread in threads:
        thread.start()
    for _ in range(5):
        assert client.get("/api/questions/q26").status_code == 200
    for thread in threads:
        thread.join()
    assert len(ended) == 60 and max(ended) < 9, "each was let go within its seconds"


def test_who_takes_no_reply_is_let_go(address: str, client: httpx.Client) -> None:
    size = len(client.get("/state/POL/").content)
    host, port = address.removeprefix("http://").split(":")
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.connect((host, int(port)))
    ask = b"GET /state/POL/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with link:
        link.settimeout(20)
        for _ in range(80):
            link.sendall(ask)
        time.sleep(SMALL.send_seconds + 1.5)
        received = 0
        with pytest.raises(ConnectionResetError):
            while piece := link.recv(65536):
                received += len(piece)
            raise ConnectionResetError
    assert received < 60 * size


def test_a_hundred_readers_at_once_get_answers_or_are_told_to_wait(address: str) -> None:
    paths = [f"/api/questions/q26/answer?withdrawal={year}" for year in range(2027, 2036)]
    paths += ["/api/about", "/api/things/state", "/", "/api/decide"]

    def ask(at: int) -> int:
        with httpx.Client(base_url=address, timeout=60) as client:
            return client.get(paths[at % len(paths)]).status_code

    with ThreadPoolExecutor(40) as pool:
        found = list(pool.map(ask, range(100)))
    assert set(found) <= {200, 503} and found.count(200) > 50
    assert ask(9) == 200


def test_what_takes_too_long_is_given_up(dataset: Dataset, folder: Path) -> None:
    with serving(Served(dataset, folder), Limits(seconds=0.001)) as place:
        (problem,) = problems(httpx.get(f"{place}/api/decide"), 503)
    assert problem["code"] == "too-slow"


# The whole API


@pytest.mark.slow
def test_no_request_of_the_description_breaks_the_server(address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/api/openapi.json")
    checks = [not_a_server_error, content_type_conformance, status_code_conformance]
    waited = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=7,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case) -> None:
            nonlocal waited
            reply = case.call(timeout=60)
            waited += reply.status_code == 503
            if reply.status_code != 503:
                case.validate_response(reply, checks=checks)

        check()
    with httpx.Client(base_url=address, timeout=60) as client:
        for job in client.get("/api/jobs").json():
            client.delete(f"/api/jobs/{job['id']}")
    assert waited < 20


# What it tells


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/home/user/runs/x/run.json", "run.json"),
        (r"C:\Users\x\run.json is gone", "run.json is gone"),
        ("system/patriot/unit_price", "system/patriot/unit_price"),
        ("POST /api/jobs with more", "POST /api/jobs with more"),
        ("\ud800", "?"),
        ("x" * 500, "x" * 199 + "…"),
    ],
)
def test_told_texts_have_no_paths(text: str, told: str) -> None:
    assert plain(text) == told
