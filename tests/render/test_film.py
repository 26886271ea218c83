"""Moving pictures of meshes."""

import io

import numpy as np
from PIL import Image, ImageSequence

from latentmapper.render.film import gif_bytes, pictures
from tests.shapes.solids import box_mesh


def test_the_camera_stands_still() -> None:
    small, large = (
        np.asarray(each) for each in pictures([box_mesh((0.1, 0.1, 0.3)), box_mesh((0.3, 0.3, 0.6))], 64)
    )
    background = small[0, 0]
    covered = [(each != background).any(axis=2) for each in (small, large)]
    assert small.shape == (64, 64, 3) and small.dtype == np.uint8
    assert 40 < covered[0].sum() < covered[1].sum() / 3
    assert not covered[1][[0, -1]].any() and not covered[1][:, [0, -1]].any()


def test_a_gif_runs_in_its_time_over_and_over() -> None:
    frames = [np.full((8, 8, 3), shade, np.uint8) for shade in (20, 120, 220)]
    with Image.open(io.BytesIO(gif_bytes(frames, 1.5))) as gif:
        assert (gif.info["loop"], gif.info["duration"]) == (0, 500)
        shades = []
        for frame in ImageSequence.Iterator(gif):
            shades.append(frame.convert("RGB").getpixel((4, 4)))
    np.testing.assert_allclose(shades, [[20] * 3, [120] * 3, [220] * 3], atol=3)


def test_frames_that_last_no_whole_hundredths_take_their_time_together() -> None:
    frames = [np.full((8, 8, 3), 10 * number, np.uint8) for number in range(7)]
    with Image.open(io.BytesIO(gif_bytes(frames, 0.25))) as gif:
        assert sum(frame.info["duration"] for frame in ImageSequence.Iterator(gif)) == 250
