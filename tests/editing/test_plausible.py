"""What the bundled packs hold back, and what they let pass."""

import numpy as np
import pytest

from latentmapper.cli.packs import find_pack
from latentmapper.editing import Editor

ENDS = {
    "car": {
        **{"height": 1.7, "width": 2.0, "bonnet": 2.2, "windscreen": 2.1, "bonnet_height": 3.0},
        **{"boot_height": 1.8, "roof_width": 3.0, "clearance": 2.0, "wheels": 2.1},
        **{"front_overhang": 3.0, "rear_overhang": 3.0},
    },
    "airplane": {
        **{"tail_level": -1.6, "chord": 1.0, "height": 2.3, "span": -1.2, "wing_place": -1.0},
        **{"body": 2.6, "tail_height": -2.3, "wing_level": -2.4},
    },
}
"""Many sliders at their ends, one by one harmless."""


@pytest.fixture(scope="module", params=["car", "airplane"])
def bundled(request: pytest.FixtureRequest) -> Editor:
    return Editor(find_pack(request.param))


def test_sums_of_many_ends_are_held_back_and_single_ones_are_not(bundled: Editor) -> None:
    mean, ends = bundled.pack.mean_code, ENDS[bundled.pack.category]
    [warning] = bundled.move(mean, ends).warnings
    share = int(warning.removeprefix("went ").split("%")[0])
    assert 40 <= share <= 80, "at the whole of it, wheels come off and roofs tear"
    assert warning.endswith("% of the way: no known shape is like what lies beyond")
    for name, amount in ends.items():
        assert bundled.move(mean, {name: amount}).warnings == ()


def test_known_shapes_and_ordinary_edits_of_them_are_let_pass(bundled: Editor) -> None:
    rng, bank = np.random.default_rng(0), bundled.pack.bank
    measured = [each.name for each in bundled.sliders if each.kind == "measured"]
    warned = []
    for count in (1, 2, 3, 3):
        for code in bank[rng.choice(len(bank), 25, replace=False)]:
            names = rng.choice(measured, count, replace=False)
            moves = {name: float(rng.choice([-1.0, 1.0])) for name in names}
            warned.append(bool(bundled.move(code, moves).warnings))
    assert np.mean(warned) <= 0.03
    one, other = bank[rng.choice(len(bank), (2, 50), replace=False)]
    spread = bundled.distribution
    assert all(spread.reach(a, (b - a) / 2) == 1.0 for a, b in zip(one, other, strict=True))
