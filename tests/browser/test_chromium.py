"""Where no browser is installed."""

import shutil

import pytest

from .conftest import find_chromium


@pytest.mark.parametrize(("value", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_only_ci_insists_on_a_browser(
    monkeypatch: pytest.MonkeyPatch, value: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setenv("CI", value)
    with pytest.raises(outcome, match="no chromium is installed; apt-get install chromium"):
        find_chromium()
