"""The page: which files are served, under which rules, and nothing beside them."""

import re
from pathlib import Path

import pytest

from latentmapper.server import pages
from latentmapper.server.access import Access

from .conftest import Running

ROOT = Path(__file__).parents[2]
WEB = pages.FOLDER
OWN = [file for file in sorted(WEB.glob("*")) if file.suffix in pages.MEDIA_TYPES]


@pytest.mark.parametrize("path", sorted(pages.PATHS))
def test_every_file_comes_with_its_type_and_a_strict_policy(running: Running, path: str) -> None:
    answer = running.client.get(path)
    assert answer.status_code == 200
    assert answer.content == (WEB / (path[1:] or "index.html")).read_bytes()
    assert {name: answer.headers[name] for name in pages.HEADERS} == pages.HEADERS
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == pages.MEDIA_TYPES[Path(path[1:] or "index.html").suffix]


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    rules = {rule.split()[0]: rule.split(maxsplit=1)[1] for rule in pages.POLICY.split(";")}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in pages.POLICY and "http" not in pages.POLICY and "*" not in pages.POLICY


@pytest.mark.parametrize(
    "path",
    [
        "/../service.py", "/%2e%2e/service.py", "/vendor/..%2f..%2fservice.py", "/vendor/", "/examples",
        "/vendor/README.md", "/main.js%00", "//etc/passwd", "/..\\service.py", "/index.html/x", "/MAIN.JS",
    ],
)  # fmt: skip
def test_nothing_else_is_served(running: Running, path: str) -> None:
    assert running.client.get(path).status_code == 404


def test_pages_cannot_be_written_to(running: Running) -> None:
    answer = running.client.post("/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_the_page_is_there_to_ask_for_the_token(tmp_path: Path) -> None:
    server = Running(tmp_path, Access(token="correct horse battery"))
    with server.client:
        assert server.client.get("/").status_code == 200
        assert server.client.post("/v1/shapes", json={}).status_code == 401


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_own_files_keep_to_the_policy_and_stay_here(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|<script(?! type=\"module\" src=)|javascript:", text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|new Function", text)
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", text) == []


def test_imports_and_ids_lead_somewhere() -> None:
    page = (WEB / "index.html").read_text(encoding="utf-8")
    known = set(re.findall(r'id="([\w-]+)"', page))
    for script in WEB.glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert set(re.findall(r'(?:from|import\()\s*"([^"]+)"', text)) <= pages.PATHS, script.name
        assert set(re.findall(r'(?:byId|getElementById)\("([\w-]+)"\)', text)) <= known, script.name
    assert set(re.findall(r'(?:src|href)="([^"#]+)"', page)) <= pages.PATHS
    assert set(re.findall(r'href="#([^"]+)"', page)) <= known


def test_examples_are_those_of_the_repository_with_their_attribution() -> None:
    attribution = (WEB / "examples" / "ATTRIBUTION.md").read_text(encoding="utf-8")
    repository = (ROOT / "examples" / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for photo in (WEB / "examples").glob("*.jpg"):
        assert photo.read_bytes() == (ROOT / "examples" / photo.name).read_bytes()
        [line] = [line for line in attribution.splitlines() if line.startswith(f"| {photo.name} |")]
        assert line in repository.splitlines()


def test_other_peoples_code_tells_its_version_and_license() -> None:
    about = (WEB / "vendor" / "README.md").read_text(encoding="utf-8")
    version = re.search(r"three\.js 0\.(\d+)\.\d+", about)
    assert version and f'"{version[1]}"' in (WEB / "vendor" / "three.core.min.js").read_text()[:400]
    assert (WEB / "vendor" / "LICENSE").read_text(encoding="utf-8").startswith("The MIT License")
    assert "'three'" not in (WEB / "vendor" / "OrbitControls.js").read_text(encoding="utf-8")
