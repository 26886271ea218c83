"""Photos to run over."""

from pathlib import Path

import pytest

from ..photo.pictures import encoded, quarters


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """photos/car.jpg, photos/car.png, photos/deep/Car.png, and what is no photo."""
    root = tmp_path / "photos"
    for number, name in enumerate(("car.jpg", "car.png", "deep/Car.png")):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded(quarters(64 + number, 48)))
    (root / ".hidden.png").write_bytes(encoded(quarters()))
    (root / "car.preview.png").write_bytes(encoded(quarters()))
    (root / "notes.txt").write_text("no photo")
    return root
