"""A missing extra is one line with the command that installs it."""

import pytest

from latentmapper.errors import MissingError
from latentmapper.extras import EXTRA_OF, missing_extra, require


def test_installed_module_is_returned() -> None:
    assert require("json.decoder").JSONDecoder


def test_missing_module_names_the_command() -> None:
    with pytest.raises(MissingError) as caught:
        require("no_such_module.inner", extra="train")
    assert str(caught.value) == (
        'no_such_module is not installed; install it with: pip install "latentmapper[train]"'
    )
    assert caught.value.exit_code == 3


def test_module_of_no_extra_is_a_bug_not_a_hint() -> None:
    with pytest.raises(ModuleNotFoundError):
        require("no_such_module")


def test_known_modules_bring_their_own_extra() -> None:
    error = ModuleNotFoundError("No module named 'igl'", name="igl")
    assert (
        str(missing_extra(error))
        == 'igl is not installed; install it with: pip install "latentmapper[train]"'
    )
    assert set(EXTRA_OF.values()) == {"train", "server", "scale", "heic", "video"}
