"""How quickly the page follows: slider to screen, while dragging, at first sight, photo to mesh.

    python benchmarks/page.py [--pack FOLDER] [--repeats 30] [--chromium PATH] [--gpu] [--json FILE]

Starts `latentmapper app` and a real browser without a window (Debian's chromium), prints Markdown tables of
median [least, most].
Times run from the input event to the first frame with the new shape, whose drawing is awaited. `server` is
what the server worked on it, `transfer` what else passed until the bytes were there, `page` is reading them,
normals, and drawing, which the processor does unless --gpu is given. Nothing here needs a network.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tyro
from measuring.spread import NOTE, Spread
from playwright.sync_api import Page, sync_playwright

from latentmapper import files
from latentmapper.errors import MissingError

PHOTO = Path(__file__).parents[1] / "examples" / "sedan.jpg"
SOFTWARE = ["--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WATCH = (Path(__file__).parent / "page_watch.js").read_text(encoding="utf-8")
AIMS = {
    "slider to screen": "120 ms",
    "updates while dragging": "10 / s",
    "first contentful paint": "1000 ms",
    "layout shift": "0",
    "console errors": "0",
}


@dataclass(frozen=True)
class Config:
    """What to measure."""

    pack: Path | None = None
    """Folder of a pack; those that ship with the package if none is named."""

    slider: str = "height"
    """Which to move."""

    repeats: int = 30
    """Moves, one after the other."""

    seconds: float = 3.0
    """How long to drag."""

    photos: int = 3
    """Times that a photo is given."""

    threads: int | None = None
    """Of the server."""

    chromium: str = "chromium"
    """The browser, as a command or a path."""

    gpu: bool = False
    """Let the graphics card draw."""

    url: str | None = None
    """A server that runs already, in place of one of its own."""

    json: Path | None = None
    """File to write the figures to."""


def main(config: Config) -> None:
    """Measure and print."""
    browser = shutil.which(config.chromium)
    if browser is None:
        raise MissingError(
            f"no {config.chromium} is installed; apt-get install chromium, or name one with --chromium"
        )
    with _served(config) as address, sync_playwright() as playwright:
        flags = ["--no-sandbox", *([] if config.gpu else SOFTWARE)]
        running = playwright.chromium.launch(executable_path=browser, args=flags)
        page = running.new_page(viewport={"width": 1280, "height": 800})
        figures = _measured(page, address, config)
        running.close()
    moves = figures["moves"]
    print(f"slider to screen, 64^3, {len(moves)} moves, drawn by {figures['renderer']}\n")
    print("| part | ms | nine tenths below |\n|---|---|---|")
    for part in ("server", "transfer", "page", "total"):
        values = [move[part] for move in moves]
        print(f"| {part} | {Spread.of(values):.0f} | {np.quantile(values, 0.9):.0f} |")
    print("\n| what | measured | aim |\n|---|---|---|")
    for name, value in _summary(figures).items():
        print(f"| {name} | {value} | {AIMS.get(name, '')} |")
    print(f"\n{NOTE}")
    if config.json is not None:
        files.write_json(config.json, figures)


def _measured(page: Page, address: str, config: Config) -> dict[str, Any]:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(120_000)
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_selector("#pick")
    photos = [_photo_to_mesh(page) for _ in range(config.photos)]
    page.click("#home")
    page.evaluate("watch.move", [config.slider, 0.1])  # loads what the others need
    moves = [
        page.evaluate("watch.move", [config.slider, (i % 10) / 10 - 0.45]) for i in range(config.repeats)
    ]
    return {
        "moves": moves,
        "updates": page.evaluate("watch.drag", [config.slider, config.seconds]),
        "photos": photos,
        "paint": page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
        "shift": page.evaluate("watch.shift"),
        "renderer": page.evaluate("watch.renderer()"),
        "errors": errors,
    }


def _photo_to_mesh(page: Page) -> float:
    """Milliseconds from handing a photo in to the first frame with its shape."""
    page.evaluate("watch.expect()")
    page.set_input_files("#file", PHOTO)
    taken = page.evaluate("watch.shown()")
    page.wait_for_selector("#sliders-card")
    page.wait_for_timeout(500)
    return taken


def _summary(figures: dict[str, Any]) -> dict[str, str]:
    return {
        "slider to screen": f"{Spread.of(move['total'] for move in figures['moves']):.0f} ms",
        "updates while dragging": f"{figures['updates']:.1f} / s",
        "first contentful paint": f"{figures['paint']:.0f} ms",
        "layout shift": f"{figures['shift']:.4f}",
        "console errors": str(len(figures["errors"])),
        "photo to mesh on the screen": f"{Spread.of(figures['photos']):.0f} ms",
    }


@contextmanager
def _served(config: Config) -> Iterator[str]:
    """The address of the server."""
    if config.url is not None:
        yield config.url
        return
    code = "from latentmapper.cli import main; main()"
    command = [sys.executable, "-c", code, "app", "--no-browser"]
    command += ["--pack", str(config.pack)] if config.pack else []
    command += ["--threads", str(config.threads)] if config.threads else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        if found is None:
            raise MissingError("the server did not start; what it lacks is told above")
        try:
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)


if __name__ == "__main__":
    main(tyro.cli(Config))
