"""The command serve: pages and the API on this machine, for a browser or a program."""

from __future__ import annotations

from typing import Annotated

import typer

from counterpoise.cli.data import Data, Leaks, Runs, load_data
from counterpoise.runs import FOLDER

ANYWHERE = ("0.0.0.0", "::", "")
"""Addresses that mean every one of the machine: they are no name to be asked for."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535)] = 8000,
    names: Annotated[
        list[str] | None,
        typer.Option("--host-name", help="A name that requests may be for; may be repeated."),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Jobs that run at once.")] = 1,
    data: Data = None,
    without_leaks: Leaks = False,
    folder: Runs = FOLDER,
) -> None:
    """Serve the pages and the API: what-ifs at once, plans as jobs. Ends with Ctrl-C."""
    # Loaded here, so that other commands start without a web server.
    from counterpoise.serve.app import HOSTS, create_app
    from counterpoise.serve.limits import Limits
    from counterpoise.serve.listen import listening, server
    from counterpoise.serve.service import Served

    limits = Limits(jobs_running=jobs)
    known = {*HOSTS, *(names or ()), *(() if host in ANYWHERE else (host,))}
    dataset = load_data(data, without_leaks)
    app = create_app(
        Served(dataset, folder, tuple(data or ()), not without_leaks), limits, sorted(known)
    )
    with listening(host, port) as bound:
        address = f"[{host}]" if ":" in host else host
        typer.echo(f"serving release {dataset.id} on http://{address}:{bound.getsockname()[1]}/")
        server(app, limits).run([bound])
