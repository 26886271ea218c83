"""Pictures to a video that browsers play."""

import io
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import MissingError
from latentmapper.extras import install_command, require

ENCODERS = {"libx264": {"crf": "16", "preset": "slow"}, "libvpx-vp9": {"crf": "20", "b": "0"}}
"""What browsers play of what PyAV's wheels encode, and how well: H.264 everywhere, VP9 where a build of
FFmpeg does without that."""
FAST_START = {"movflags": "faststart"}
"""The index stands before the pictures, so that browsers play what is still loading."""
BT709 = 1
"""The colour matrix, primaries and transfer of HD video, by their number in ITU-T H.273."""


def mp4_bytes(frames: Sequence[NDArray[np.uint8]], seconds: float) -> bytes:
    """An MP4 file of pictures, one after the other.

    Parameters
    ----------
    frames : (h, w, 3) RGB each, of one size; an odd side loses a pixel, since colours are kept for 2 x 2.
    seconds : how long all of them take.

    Raises
    ------
    MissingError : PyAV is not installed, or encodes nothing that browsers play.
    """
    av = require("av")
    height, width = (side - side % 2 for side in frames[0].shape[:2])
    out = io.BytesIO()
    # At the end FFmpeg opens what it wrote, to move it behind the index.
    options: dict[str, Any] = {"options": FAST_START, "io_open": lambda *_: io.BytesIO(out.getvalue())}
    with av.open(out, "w", format="mp4", **options) as container:
        name = _encoder(av)
        rate = Fraction(len(frames) / seconds).limit_denominator(10_000)
        stream = container.add_stream(name, rate=rate, options=ENCODERS[name])
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = BT709
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture[:height, :width]), "rgb24")
            container.mux(stream.encode(_in_yuv(frame)))
        container.mux(stream.encode())
    return out.getvalue()


def _encoder(av: Any) -> str:
    """The first of `ENCODERS` that this build of FFmpeg has."""
    found = next((name for name in ENCODERS if name in av.codecs_available), None)
    if found is None:
        raise MissingError(
            f"this PyAV encodes neither H.264 nor VP9; install its wheel: {install_command('video')}"
        )
    return found


def _in_yuv(frame: Any) -> Any:
    return frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
