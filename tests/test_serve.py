"""The server: what the API answers, what it refuses, and that it holds under load and malice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from counterpoise import runs
from counterpoise.data.dataset import Dataset
from counterpoise.data.load import load
from counterpoise.errors import BadInput
from counterpoise.measures.view import View
from counterpoise.planning import solver
from counterpoise.questions.ask import check_arguments, find_question
from counterpoise.questions.catalogue import questions
from counterpoise.serve.guard import HEADERS
from counterpoise.serve.service import Served
from serving import SMALL, problems, raw, serving


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    return load()


@pytest.fixture(scope="module")
def address(dataset: Dataset, yearly_runs: Path) -> Iterator[str]:
    with serving(Served(dataset, yearly_runs), SMALL) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as found:
        yield found


# What it answers


def test_the_same_answer_as_the_command_line(client: httpx.Client) -> None:
    said = client.get("/api/questions/q26/answer", params={"withdrawal": "2029"}).json()
    assert said["id"] == "q26" and said["sentence"] and said["sources"]
    given = {item["name"]: item["value"] for item in said["parameters"] if item["given"]}
    assert given == {"withdrawal": "2029"}
    moved = client.get("/api/questions/q26/answer?withdrawal=2033").json()
    assert moved["table"] != said["table"]


def test_a_figure_by_the_api_is_the_figure_of_the_dataset(
    client: httpx.Client, dataset: Dataset
) -> None:
    figure = dataset.figure("system/patriot/unit_price")
    said = client.get("/api/value/system/patriot/unit_price").json()
    assert said["value"] == figure.value and said["release"] == dataset.id
    rows = client.get("/api/thing/patriot").json()["rows"]
    (row,) = [item for item in rows if item["address"] == "system/patriot/unit_price"]
    assert (row["low"], row["value"], row["high"]) == (figure.low, figure.value, figure.high)
    outcomes = client.get("/api/why/system/patriot/unit_price").json()["rows"]
    assert [item["outcome"] for item in outcomes].count("chosen") >= 1


def test_lists_are_given_a_page_at_a_time(client: httpx.Client, dataset: Dataset) -> None:
    states = [item.address for item in dataset.kind("state")]
    found: list[str] = []
    while len(found) < len(states):
        page = client.get("/api/things/state", params={"offset": len(found), "most": 7}).json()
        assert page["total"] == len(states) and 0 < len(page["rows"]) <= 7
        found += [row["address"] for row in page["rows"]]
    assert found == states


def test_suggestions_are_questions_and_then_things(client: httpx.Client) -> None:
    found = client.get("/api/suggest", params={"words": "Patriot delay Poland"}).json()["found"]
    asks = [item["kind"] in ("question", "page", "figure") for item in found]
    assert asks == sorted(asks, reverse=True) and asks[0] and not asks[-1]
    assert {"system/patriot", "state/POL"} <= {item["path"] for item in found}
    moved = client.get("/ask/", params={"q": "Patriot delay Poland"})
    assert moved.status_code == 303 and client.get(moved.headers["location"]).status_code == 200


def test_measures_by_argument_and_of_a_run(client: httpx.Client, yearly_runs: Path) -> None:
    rows = client.get("/api/measures/need", params={"place": "POL", "by": "area"}).json()["rows"]
    assert len(rows) > 5 and {row["place"] for row in rows} == {"POL"}
    (run,) = client.get("/api/runs").json()
    tables = client.get(f"/api/runs/{run['id']}").json()
    assert {item["table"] for item in tables["tables"]} >= {"gaps", "orders", "summary"}
    gaps = client.get("/api/runs/latest/tables/gaps", params={"most": 3, "offset": 2}).json()
    stored = runs.open_run("latest", yearly_runs).table("gaps")
    assert gaps["total"] == stored.height
    assert [row["gap"] for row in gaps["rows"]] == stored["gap"][2:5].to_list()
    said = client.get("/api/runs/latest/measures/shortfall", params={"behaviour": "ordered"}).json()
    assert said["rows"][0]["value"] > 0


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/api/decide?against=HUN", {"stopped_by": "HUN"}),
        ("/api/decide?body=body/nac&against=HUN&part=seats", {}),
        ("/api/formats?part=steps", {}),
        ("/api/command?part=next&without=USA", {}),
        ("/api/consents?against=HUN", {}),
        ("/api/consents?stoppers=true", {}),
    ],
)
def test_tables_of_cooperation(client: httpx.Client, path: str, row: dict[str, str]) -> None:
    said = client.get(path)
    assert said.status_code == 200, said.text
    rows = said.json()["rows"]
    assert rows and any(row.items() <= item.items() for item in rows)


def test_rights_tell_who_must_consent(client: httpx.Client) -> None:
    said = client.get("/api/rights/eurofighter", params={"from": "GBR", "to": "TUR"}).json()
    assert said["sentences"] and said["tables"]["consents"]


def test_a_page_takes_free_values_and_has_its_twins(client: httpx.Client) -> None:
    moved = client.get("/ask/q26/", params={"withdrawal": "2031"})
    assert moved.status_code == 303 and moved.headers["location"] == "/ask/q26/withdrawal=2031/"
    page = client.get(moved.headers["location"])
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    twin = client.get("/ask/q26/withdrawal=2031/index.json").json()
    assert twin["sentence"].split()[0] in page.text
    rows = client.get("/ask/q26/withdrawal=2031/index.csv")
    assert rows.headers["content-type"].startswith("text/csv")
    bare = client.get("/state/POL")
    assert bare.status_code == 308 and bare.headers["location"] == "/state/POL/"
    drawing = client.get("/ask/q26/withdrawal=2029/chart-1.svg")
    assert drawing.headers["content-type"] == "image/svg+xml"
    assert client.get("/ask/q26/withdrawal=2031/answer.xlsx").content.startswith(b"PK")
    assert client.get("/assets/site.css").headers["content-type"].startswith("text/css")


def test_all_that_the_static_site_links_to_is_served(client: httpx.Client) -> None:
    page = client.get("/").text
    links = {link for link in re.findall(r'(?:href|src)="([^"#]+)"', page)}
    assert links
    for link in sorted(links):
        assert client.get("/" + link).status_code == 200, link


# What needs a plan


def test_what_no_saved_run_holds_needs_a_plan(client: httpx.Client) -> None:
    (problem,) = problems(client.get("/api/questions/q06/answer"), 409)
    assert problem["code"] == "needs-plan" and "/api/jobs" in problem["remedy"]
    assert 'data-job="ask/q06"' in client.get("/ask/q06/").text


@pytest.mark.slow
def test_no_request_plans(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each question answers from what is saved, or says that it needs a plan; none solves."""

    def solve(*args: object, **kwargs: object) -> None:
        raise AssertionError("a request solved a plan")

    monkeypatch.setattr(solver.Solver, "__init__", solve)
    with httpx.Client(base_url=address, timeout=60) as client:
        for question in client.get("/api/questions").json():
            said = client.get(f"/api/questions/{question['id']}/answer")
            assert said.status_code in (200, 404, 409), (question["id"], said.text)


# What it refuses


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/questions/q99/answer", 404, "question"),
        ("/api/questions/q26/answer?withdrawal=soon", 422, "argument"),
        ("/api/questions/q26/answer?withdrawl=2029", 422, "argument"),
        ("/api/questions/q26/answer?withdrawal=2029&withdrawal=2030", 422, "word-twice"),
        ("/api/questions/q10/answer?scenario=/etc/passwd", 422, "argument"),
        ("/api/questions/q10/answer?scenario=../../../secret.toml", 422, "argument"),
        ("/api/measures/gap?place=NATO-EUR&year=2030&by=place,area", 422, "too-many"),
        ("/api/measures/gap?place=POL&by=area&year=" + ",".join(["2030"] * 38), 422, "too-many"),
        ("/api/measures/gap?place=" + "P" * 400, 422, "too-long"),
        ("/api/thing/" + "x" * 900, 422, "string_too_long"),
        ("/api/thing/state/P%01L", 400, "path"),
        ("/api/things/nothing", 404, "not-found"),
        ("/api/runs/../x", 404, "not-found"),
        ("/api/runs/..%2f..%2fetc", 404, "not-found"),
        ("/api/runs/%2fetc%2f/tables/gaps", 404, "not-found"),
        ("/api/runs/latest/tables/..%2frun", 404, "not-found"),
        ("/api/runs/latest/measures/gap?behaviour=x", 422, "missing"),
        ("/api/value/run/..%2f..%2f/shortfall", 404, "not-found"),
        ("/api/value/view/nothing/1/x", 404, "not-found"),
        ("/api/value/question/q26/zz/zz/zz", 404, "not-found"),
        ("/api/view/list?kind=state&fast=yes", 422, "argument"),
        ("/api/command?within=nan", 422, None),
        ("/api/decide?against=XYZ", 422, None),
        ("/api/decide?body=body/nac&part=secrets", 422, "part"),
        ("/api/rights/eurofighter?from=GBR&to=GBR", 422, "state"),
        ("/api/" + "x" * 2000, 414, "too-long"),
        ("/api/suggest?words=" + "x" * 3000, 414, "too-long"),
    ],
)
def test_refusals_are_problems(
    client: httpx.Client, path: str, status: int, code: str | None
) -> None:
    found = problems(client.get(path), status)
    assert code in (None, found[0]["code"])


@pytest.mark.parametrize("text", ["zz", "-1", "POL", "all"])
def test_nonsense_is_refused_wherever_an_argument_goes(client: httpx.Client, text: str) -> None:
    """Measures of a run, views, and a page of each kind: a problem or an answer, never a fault."""
    asked = [
        f"/api/runs/latest/measures/{name}?"
        + "&".join(f"{item.strip('<>')}={text}" for item in rest)
        for name, *rest in (
            item.split("/") for item in client.get("/api/runs/latest").json()["measures"]
        )
    ]
    asked += [
        f"/api/view/{item['view']}?" + "&".join(f"{name}={text}" for name in item["arguments"])
        for item in client.get("/api/views").json()
    ]
    asked += [f"/{head}/{text}/year={text}/" for head in client.get("/api/pages").json()["heads"]]
    for path in asked:
        assert client.get(path).status_code in (200, 404, 409, 422), path


TRICKS = [
    b"/../../../../etc/passwd",
    b"/..%2f..%2f..%2fetc/passwd",
    b"/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    b"/%252e%252e/%252e%252e/etc/passwd",
    b"/assets/../../site.py",
    b"/assets/%2e%2e%2fsite.py",
    b"/assets/..%5c..%5csite.py",
    b"/assets//etc/passwd",
    b"//etc/passwd",
    b"/state/POL/../../../etc/passwd",
    b"/state/POL/%00",
    b"/state/POL/index.html%00.png",
    b"/C:/Windows/win.ini",
    b"/c%3a%5cwindows%5cwin.ini",
    b"/\\\\host\\share",
    b"/ask/q26/withdrawal=..%2f..%2fetc%2fpasswd/",
    b"/run/..%2f..%2f..%2fetc/",
    b"/run/latest/../../../run.json",
    b"/.git/config",
    b"/pyproject.toml",
    b"/site.py",
    b"/templates/page.html",
    b"/%ff%fe",
    b"/%c0%ae%c0%ae/etc/passwd",
]


@pytest.mark.parametrize("path", TRICKS, ids=lambda path: path.decode("latin-1"))
def test_nothing_beyond_the_site_can_be_reached(address: str, path: bytes) -> None:
    got = raw(
        address, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    )
    status = int(got.split()[1])
    assert status in (400, 404, 422), got[:300]
    for secret in (b"root:", b"import ", b"[core]", b"[project]", b"Traceback", b"/src/"):
        assert secret not in got, path


def test_a_redirect_never_leads_to_another_server(address: str) -> None:
    for path in (b"//state/POL", b"/state//POL", b"///state/POL?x=1", b"/ask/q26?x=//evil.test"):
        got = raw(
            address, b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
        )
        place = re.search(rb"(?im)^location: (.*)\r$", got)
        assert place is None or re.match(rb"/[^/\\]", place[1]), got[:300]


@pytest.mark.parametrize("name", ["<script>alert(1)<%2Fscript>", '"><img src=x onerror=alert(1)>'])
def test_names_are_shown_as_text(client: httpx.Client, name: str) -> None:
    shapes = ("/state/{}/", "/ask/{}/", "/ask/q26/{}=1/", "/ask/q26/withdrawal={}/", "/{}/")
    for shape in (*shapes, "/ask/q26/?withdrawal={}", "/api/suggest?words={}", "/api/thing/{}"):
        page = client.get(shape.format(name), follow_redirects=True)
        assert page.status_code in (200, 404, 422)
        if page.headers["content-type"] != "application/json":
            assert "<script>alert" not in page.text and "<img src=x" not in page.text


def test_every_reply_has_the_headers(client: httpx.Client) -> None:
    replies = [
        client.get(path) for path in ("/", "/api/about", "/nothing", "/api/nothing", "/state/POL")
    ]
    replies.append(client.get("/", headers={"host": "evil.test"}))
    replies.append(client.put("/api/about"))
    for reply in replies:
        for name, value in HEADERS.items():
            assert reply.headers[name] == value, (reply.url, name)
        assert "server" not in reply.headers
    policy = HEADERS["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy


def test_other_hosts_and_other_sites_are_refused(client: httpx.Client) -> None:
    for host in ("evil.test", "127.0.0.1.evil.test", "", "[", "localhost@evil.test"):
        problems(client.get("/api/about", headers={"host": host}), 400)
    for host in ("127.0.0.1", "localhost:1", "[::1]:80", "LOCALHOST"):
        assert client.get("/api/about", headers={"host": host}).status_code == 200, host
    job = {"kind": "question", "question": "q99"}
    for headers in (
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1"},
    ):
        problems(client.post("/api/jobs", json=job, headers=headers), 403)
    own = str(client.base_url).rstrip("/")
    same = {"origin": own, "sec-fetch-site": "same-origin"}
    assert problems(client.post("/api/jobs", json=job, headers=same), 422)[0]["code"] == "question"


def _asked(**told: object) -> bytes:
    return json.dumps(told).encode()


QUESTION = _asked(kind="question", question="q26")

BODIES = [
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b"[" * 60_000, 400),
    (b"[]", 422),
    (b"null", 422),
    (_asked(kind="question"), 422),
    (_asked(kind="shell", question="q26"), 422),
    (_asked(kind=["question"], question="q26"), 422),
    (_asked(kind="question", question="q26", more=1), 422),
    (b'{"kind": "question", "question": "\\ud800"}', 422),
    (_asked(kind="question", question="q26", arguments={"a": 1}), 422),
    (_asked(kind="question", question="q26", arguments={"withdrawal": "--out=x"}), 422),
    (_asked(kind="plan", arguments={"scenario": "/etc/passwd"}), 422),
    (_asked(kind="plan", arguments={"behaviour": "--out=x"}), 422),
    (_asked(kind="plan", arguments={"cap": "usa=2"}), 422),
    (_asked(kind="plan", scenario_file="title ="), 422),
    (_asked(kind="plan", scenario_file='title = "own"\nbased_on = "/etc/x.toml"'), 422),
    (_asked(path="state/POL"), 422),
    (_asked(path="ask/q26/../../etc"), 422),
    (b" " * 70_000, 413),
]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_jobs_are_asked_for_in_json(client: httpx.Client, kind: str) -> None:
    problems(client.post("/api/jobs", content=QUESTION, headers={"content-type": kind}), 415)


@pytest.mark.parametrize(("body", "status"), BODIES)
def test_jobs_that_make_no_sense_are_refused(
    client: httpx.Client, body: bytes, status: int
) -> None:
    reply = client.post("/api/jobs", content=body, headers={"content-type": "application/json"})
    problems(reply, status)
    assert client.get("/api/jobs").json() == []


def test_a_body_that_is_no_json_is_told_as_that(client: httpx.Client) -> None:
    for body in (b"\xff\xfe{", b"[" * 30_000, b"{"):
        reply = client.post("/api/jobs", content=body, headers={"content-type": "application/json"})
        assert problems(reply, 400)[0]["code"] == "json_invalid", body[:4]


def test_what_has_no_answer_is_no_missing_page(client: httpx.Client) -> None:
    reply = client.get("/ask/q11/place=LUX/area=mbt/")
    assert reply.status_code == 404
    assert "There is no answer to this" in reply.text and "a need of LUX" in reply.text


def test_a_worksheet_is_checked_by_its_own_rules(dataset: Dataset) -> None:
    catalogue, view = questions(), View(dataset)
    question = find_question(catalogue, "q03")
    check_arguments(view, catalogue, question, {})
    with pytest.raises(BadInput):
        check_arguments(view, catalogue, question, {question.parameters[0].name: "nonsense"})


def test_giant_bodies_and_heads_are_refused(address: str, client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    reply = client.post(
        "/api/jobs", content=endless(), headers={"content-type": "application/json"}
    )
    problems(reply, 413)
    head = b"POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    stated = head + b"Content-Length: 99999999999\r\n\r\n"
    assert b" 413 " in raw(address, stated)[:20]
    huge = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"
    assert b"200" not in raw(address, huge)[:20]
    for broken in (b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n"):
        assert b"200" not in raw(address, broken)[:20]
    assert client.get("/api/about").status_code == 200
