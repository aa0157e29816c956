"""The command line: each command is one call of the library, and prints what it gives."""

from __future__ import annotations

import sys

import typer
import typer.exceptions

from counterpoise.cli import (
    ask,
    assess,
    bottlenecks,
    command,
    consents,
    cycle,
    data,
    decide,
    deliver,
    formats,
    measure,
    pathways,
    plan,
    reproduce,
    rights,
    serve,
    show,
    site,
    stability,
    verifyrun,
)
from counterpoise.errors import BadInput, CounterpoiseError, Interrupted, NoPlan, NotFound

app = typer.Typer(
    name="counterpoise",
    help="Plan Europe's rearmament: which orders, from which lines, at what cost and dependence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data.register(app)
show.register(app)
plan.register(app)
stability.register(app)
bottlenecks.register(app)
measure.register(app)
deliver.register(app)
ask.register(app)
assess.register(app)
cycle.register(app)
reproduce.register(app)
verifyrun.register(app)
pathways.register(app)
rights.register(app)
formats.register(app)
command.register(app)
decide.register(app)
consents.register(app)
site.register(app)
serve.register(app)

EXIT = {BadInput: 2, NotFound: 1, NoPlan: 3, Interrupted: 130}
"""Exit status by kind of error: 1 the answer is no, 2 bad input, 3 no plan, 130 stopped."""


def main() -> int:
    """Run the command line; returns the exit status."""
    try:
        status = app(standalone_mode=False)
    except typer.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("stopped; nothing half-done is left", err=True)
        return 130
    except CounterpoiseError as error:
        typer.echo(f"counterpoise: {error}", err=True)
        return next((EXIT[kind] for kind in type(error).__mro__ if kind in EXIT), 1)
    except typer.exceptions.TyperException as error:
        typer.echo(f"counterpoise: {error.format_message()}", err=True)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return int(status or 0)
