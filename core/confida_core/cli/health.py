"""`confida health`: whether the server answers, for a container's health check."""

from __future__ import annotations

import http.client

import click

from confida_core.cli.program import Program, pass_program

SECONDS = 5


@click.command()
@click.option("--path", default="/readyz", show_default=True, help="Page that is asked.")
@pass_program
def health(program: Program, path: str) -> None:
    """Ask the server on this machine whether it is well; opens no data and needs no keys."""
    settings = program.settings
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 -- Compared, not listened on.
    connection = http.client.HTTPConnection(host, settings.port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"Host": public_host(settings.public_url) or f"{host}:{settings.port}"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise click.ClickException(f"no answer from {host}:{settings.port} ({type(error).__name__})") from None
    finally:
        connection.close()
    if status != 200:
        raise click.ClickException(f"the server answers {status}")
    click.echo("well")


def public_host(url: str) -> str:
    """The name that the server expects in the Host header."""
    from urllib.parse import urlsplit

    return urlsplit(url).netloc
