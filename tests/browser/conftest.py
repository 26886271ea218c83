"""The page in a real browser: Debian's chromium, which draws WebGL with the processor."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    Download,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from latentmapper.server.access import TOKEN_VARIABLE

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SCREENSHOTS = "LATENTMAPPER_SCREENSHOTS"
"""Variable that names the folder for a picture of each test's page at its end."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
    # Pages of the address bar, which nobody sees and which cost more than the page does. The last option of
    # the name counts: Playwright's own is repeated as far as it keeps addresses and the network as they are.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,"
    "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,PaintHolding,MediaRouter,OptimizationHints,"
    "NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
]  # fmt: skip
SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
"""Counts what moves on the page by itself, after the user's own actions too."""
SIZE: ViewportSize = {"width": 960, "height": 640}
"""Of a page with two columns, no larger than need be: the processor draws every pixel."""
PATIENCE = 120_000.0
"""Milliseconds: two cores that do other things besides are slow."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> str:
    return find_chromium()


def find_chromium() -> str:
    """The browser's program; without one tests are skipped, or fail where CI is set: it tries them all."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up("no chromium is installed; apt-get install chromium")
    return found


class Server:
    """A server in a process of its own, which can be killed and started again at the same address."""

    def __init__(self, *options: str, token: str = "") -> None:
        code = "from latentmapper.cli import main; main()"
        self._command = [sys.executable, "-c", code, *options, "--threads", "1"]
        self._environment = os.environ | ({TOKEN_VARIABLE: token} if token else {})
        self.start()

    def start(self) -> None:
        quiet = {"stderr": subprocess.DEVNULL, "env": self._environment, "text": True}
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, **quiet)
        assert self._process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", self._process.stdout.readline())
        assert found
        self.address = found[0]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> int:
        """Ctrl-C, and the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(60)


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


@pytest.fixture(scope="session")
def address(chromium: str) -> Iterator[str]:
    """Where `latentmapper app` is, with the packs that ship with the package; it idles between its tests."""
    server = Server("app", "--no-browser")
    yield server.address
    assert server.end() == 0


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Gone after these tests: as long as it runs, no other test can have an event loop."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


class Visit:
    """A page that somebody has open, and what its console says."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.errors = page, address, []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        page.add_init_script(SHIFTS)
        page.goto(address)

    def _note(self, kind: str, text: str) -> None:
        if kind == "error":
            self.errors.append(text)

    def at(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def give(self, *names: str, to: str = "#file") -> None:
        self.page.set_input_files(to, [EXAMPLES / name for name in names])

    def shape(self, name: str = "sedan.jpg") -> None:
        """From a photo to its shape, sliders and all."""
        self.give(name)
        self.shaped()

    def shaped(self) -> None:
        expect(self.at("#one")).to_have_attribute("data-state", "made")
        expect(self.at("#sliders-card")).to_be_visible()

    def download(self, selector: str, folder: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.page.click(selector)
        got: Download = waiting.value
        path = folder / got.suggested_filename
        got.save_as(path)
        return path

    def drag(self, name: str, to: float) -> None:
        """Move a slider without letting it go."""
        self.at(f"[data-slider={name}]").evaluate(
            "(each, to) => { each.value = to; each.dispatchEvent(new Event('input', { bubbles: true })); }",
            to,
        )

    @property
    def shifted(self) -> float:
        """How much of the page has moved by itself: cumulative layout shift."""
        return self.page.evaluate("window.shifted")

    @property
    def size(self) -> tuple[float, float, float]:
        """Length, width and height as the page tells them."""
        told = self.at("#checks dd").nth(1).inner_text().removesuffix(" m")
        length, width, height = map(float, told.split(" × "))
        return length, width, height


@pytest.fixture
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A page of its own, of which a picture may be kept at the end; its console must stay clean."""
    folder, name = os.environ.get(SCREENSHOTS), re.sub(r"\W+", "-", request.node.nodeid)
    picture = None if not folder else Path(folder).absolute() / f"{name}.png"
    context = browser.new_context(viewport=SIZE)
    visited = Visit(context.new_page(), address)
    yield visited
    if picture is not None and not visited.page.is_closed():
        visited.page.screenshot(path=picture)
    context.close()
    assert visited.errors == []
