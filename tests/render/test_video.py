"""Videos of pictures, opened again."""

import io

import numpy as np
import pytest

from latentmapper.errors import MissingError
from latentmapper.render.video import mp4_bytes

av = pytest.importorskip("av")
COLOURS = ((200, 30, 30), (30, 200, 30), (40, 60, 220), (128, 128, 128))
PICTURES = [np.full((33, 64, 3), colour, np.uint8) for colour in COLOURS]


def test_frames_time_and_colours_are_kept() -> None:
    with av.open(io.BytesIO(mp4_bytes(PICTURES, 2.0))) as video:
        stream = video.streams.video[0]
        shown = [frame.to_ndarray(format="rgb24") for frame in video.decode(stream)]
        assert float(stream.duration * stream.time_base) == pytest.approx(2.0)
        assert stream.codec_context.pix_fmt == "yuv420p"
    assert [picture.shape for picture in shown] == [(32, 64, 3)] * 4
    np.testing.assert_allclose([picture[16, 32] for picture in shown], COLOURS, atol=4)


def test_the_index_comes_first_so_that_it_plays_while_it_loads() -> None:
    video = mp4_bytes(PICTURES, 2.0)
    names, start = [], 0
    while start < len(video):
        names.append(video[start + 4 : start + 8])
        start += int.from_bytes(video[start : start + 4], "big")
    assert start == len(video)
    assert names.index(b"moov") < names.index(b"mdat")


@pytest.mark.parametrize("seconds", [0.1, 3600.0])
def test_very_fast_and_very_slow(seconds: float) -> None:
    with av.open(io.BytesIO(mp4_bytes(PICTURES * 100, seconds))) as video:
        stream = video.streams.video[0]
        assert float(stream.duration * stream.time_base) == pytest.approx(seconds, rel=0.01)
        assert stream.frames == 400


def test_pictures_keep_their_edges() -> None:
    picture = np.full((64, 64, 3), 230, np.uint8)
    picture[16:48, 16:48] = (60, 80, 110)
    with av.open(io.BytesIO(mp4_bytes([picture, picture], 1.0))) as video:
        shown = next(video.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(shown.astype(int) - picture).mean() < 2


def test_another_encoder_steps_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(av, "codecs_available", {"libvpx-vp9"})
    with av.open(io.BytesIO(mp4_bytes(PICTURES, 1.0))) as video:
        assert video.streams.video[0].codec_context.name == "vp9"
        assert sum(1 for _ in video.decode(video=0)) == 4
    monkeypatch.setattr(av, "codecs_available", {"mpeg4"})
    with pytest.raises(MissingError, match=r"encodes neither H\.264 nor VP9"):
        mp4_bytes(PICTURES, 1.0)
