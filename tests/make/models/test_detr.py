"""DETR from a tiny random checkpoint in the hub's format, under the names of transformers and of timm."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

import huggingface_hub  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

from latentmapper.errors import MissingError, PackError, RefusedPhoto, UsageError  # noqa: E402
from latentmapper.make.models.detr import Detr, segments  # noqa: E402
from latentmapper.make.models.detr_weights import load_detr, native_name, resnet_sizes  # noqa: E402
from latentmapper.photo import read_photo  # noqa: E402
from latentmapper.photo.foreground import Request  # noqa: E402
from tests.photo.pictures import quarters  # noqa: E402

STAGES = ["stage1", "stage2", "stage3", "stage4"]
LABELS = {0: "N/A", 1: "car", 2: "airplane", 3: "sky"}
CAR = Request(("car",))


def write_checkpoint(folder: Path, layer: str = "bottleneck", queries: int = 3) -> Any:
    torch.manual_seed(0)
    backbone = transformers.ResNetConfig(
        embedding_size=8, hidden_sizes=[16, 24, 32, 40], depths=[1, 2, 1, 1], layer_type=layer,
        out_features=STAGES,
    )  # fmt: skip
    small = {f"{part}_{name}": value for part in ("encoder", "decoder") for name, value in
             (("layers", 1), ("attention_heads", 8), ("ffn_dim", 32))}  # fmt: skip
    config = transformers.DetrConfig(
        backbone_config=backbone, use_timm_backbone=False, d_model=32, num_queries=queries, id2label=LABELS,
        **small,
    )  # fmt: skip
    model = transformers.DetrForSegmentation(config).eval()
    for name, buffer in model.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            buffer.uniform_(0.5, 1.5)
    model.save_pretrained(folder)
    return model


def timm_name(name: str) -> str:
    """The inverse of `native_name`, written down on its own."""
    name = name.replace("embedder.embedder.convolution.", "conv1.")
    name = name.replace("embedder.embedder.normalization.", "bn1.")

    def stage(found: re.Match[str]) -> str:
        return f"layer{int(found[1]) + 1}.{found[2]}."

    name = re.sub(r"encoder\.stages\.(\d+)\.layers\.(\d+)\.", stage, name)
    name = name.replace("shortcut.convolution.", "downsample.0.").replace(
        "shortcut.normalization.", "downsample.1."
    )
    name = re.sub(r"layer\.(\d+)\.convolution\.", lambda found: f"conv{int(found[1]) + 1}.", name)
    return re.sub(r"layer\.(\d+)\.normalization\.", lambda found: f"bn{int(found[1]) + 1}.", name)


def as_published(folder: Path) -> dict[str, Any]:
    """Rewrite a checkpoint as those of the hub are: timm's names, and a config that asks for timm."""
    weights = {
        timm_name(name) if "backbone" in name else name: tensor
        for name, tensor in load_file(folder / "model.safetensors").items()
    }
    config = json.loads((folder / "config.json").read_text())
    del config["backbone_config"]
    config |= {"backbone": "resnet50", "use_timm_backbone": True, "scale_embedding": False}
    config |= {"max_position_embeddings": 1024, "classifier_dropout": 0.0, "torch_dtype": "float32"}
    (folder / "config.json").write_text(json.dumps(config))
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return weights


@pytest.mark.parametrize("layer", ["bottleneck", "basic"])
@pytest.mark.parametrize("published", [False, True])
def test_a_checkpoint_gives_what_its_model_gave(tmp_path: Path, layer: str, published: bool) -> None:
    model = write_checkpoint(tmp_path, layer)
    if published:
        weights = as_published(tmp_path)
        assert any(".layer2.1.conv1.weight" in name for name in weights)
    again = load_detr(str(tmp_path))
    pixels = torch.rand(1, 3, 96, 128)
    with torch.no_grad():
        expected, made = model(pixel_values=pixels), again(pixel_values=pixels)
    torch.testing.assert_close(made.pred_masks, expected.pred_masks)
    torch.testing.assert_close(made.logits, expected.logits)


def test_sizes_are_read_off_the_weights(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    weights = as_published(tmp_path)
    assert resnet_sizes({native_name(name): tensor for name, tensor in weights.items()}) == {
        "embedding_size": 8,
        "hidden_sizes": [16, 24, 32, 40],
        "depths": [1, 2, 1, 1],
        "layer_type": "bottleneck",
        "out_features": STAGES,
    }


def test_weights_may_come_as_tensors_of_torch_but_as_nothing_else(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    torch.save(load_file(tmp_path / "model.safetensors"), tmp_path / "pytorch_model.bin")
    (tmp_path / "model.safetensors").unlink()
    assert load_detr(str(tmp_path)).config.id2label[1] == "car"

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "run",))

    torch.save({"weight": Evil()}, tmp_path / "pytorch_model.bin")
    with pytest.raises(PackError, match=r"pytorch_model\.bin holds no state dict that can be read safely"):
        load_detr(str(tmp_path))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("config", "dropped", "message"),
    [
        ({"model_type": "vit"}, "nothing", "is no DETR, but a model of type vit"),
        ({"dilation": True}, "nothing", r"dilated backbone \(DC5\), which cannot be read without timm"),
        ({}, "mask_head", "does not segment; take one of those called panoptic"),
        ({}, "input_projection", "is not a DETR as published: '.*input_projection.* is missing'"),
        ({}, "stages.2", "is not a DETR as published: .*stage 3"),
        ({"num_queries": 7}, "nothing", "is not a DETR as published"),
    ],
)
def test_something_else_is_refused(tmp_path: Path, config: dict, dropped: str, message: str) -> None:
    write_checkpoint(tmp_path)
    known = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(known | config))
    weights = load_file(tmp_path / "model.safetensors")
    kept = {name: tensor for name, tensor in weights.items() if dropped not in name}
    save_file(kept, tmp_path / "model.safetensors", {"format": "pt"})
    with pytest.raises(PackError, match=message):
        load_detr(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("config.json", b"{", r"config\.json cannot be read"),
        ("config.json", b"[]", r"config\.json cannot be read \(it is no JSON object\)"),
        ("config.json", b"\xff", r"config\.json cannot be read"),
        ("model.safetensors", b"damaged", r"model\.safetensors holds no state dict that can be read safely"),
    ],
)
def test_damaged_files_are_told(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    write_checkpoint(tmp_path)
    (tmp_path / name).write_bytes(data)
    with pytest.raises(PackError, match=message):
        load_detr(str(tmp_path))


def test_what_is_no_state_dict_is_told(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    (tmp_path / "model.safetensors").unlink()
    for content in ([torch.zeros(1)], {"mask_head.weight": "text"}):
        torch.save(content, tmp_path / "pytorch_model.bin")
        with pytest.raises(PackError, match="holds no state dict that can be read safely"):
            load_detr(str(tmp_path))
    name = next(name for name in weights if name.endswith("embedder.convolution.weight"))
    torch.save(weights | {name: torch.tensor(1.0)}, tmp_path / "pytorch_model.bin")
    with pytest.raises(PackError, match="is not a DETR as published"):
        load_detr(str(tmp_path))


def test_without_network_and_cache_the_files_are_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    for source, page in (("nobody/detr", "nobody/detr"), (str(tmp_path), "facebook/detr-resnet-50-panoptic")):
        with pytest.raises(MissingError) as caught:
            Detr(source)
        assert str(caught.value) == (
            f"no DETR at {source}, nor can it be fetched; download config.json and model.safetensors or "
            f"pytorch_model.bin from https://huggingface.co/{page} into a folder and name that: "
            "--foreground detr:FOLDER"
        )


def _sure(detr: Detr, label: int) -> None:
    """Let every query see one label, all over the picture."""
    head, last = detr._model.detr.class_labels_classifier, detr._model.mask_head.output_conv
    for parameter, value in ((head.weight, 0), (head.bias, 0), (last.weight, 0), (last.bias, 4)):
        torch.nn.init.constant_(parameter, value)
    head.bias[label] = 9


def test_a_photo_gives_its_object_and_says_which(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, queries=1)
    detr = Detr(str(tmp_path), shortest=64)
    _sure(detr, 1)
    found = detr.find(read_photo(quarters(120, 80)), CAR)
    assert found.mask is not None and found.mask.shape == (80, 120)
    np.testing.assert_allclose(found.mask, 1 / (1 + np.exp(-4)), atol=1e-5)
    (candidate,) = found.candidates
    assert candidate.label == "car" and candidate.score > 0.99 and candidate.box == (0, 0, 1, 1)
    cut = "the picture's edge cuts the object: what lies beyond is guessed; show all of it"
    assert found.warnings == (cut,)
    with pytest.raises(RefusedPhoto, match="DETR finds no airplane in it"):
        detr.find(read_photo(quarters(120, 80)), Request(("airplane",)))
    assert detr.find(read_photo(quarters(120, 80)), Request(("car", "airplane"))).candidates == (candidate,)


def test_a_category_that_it_does_not_know_is_named(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    with pytest.raises(UsageError, match="--foreground detr: this DETR knows no boat or shoe"):
        Detr(str(tmp_path)).find(read_photo(quarters()), Request(("boat", "shoe")))


def test_identities_tell_weights_apart(tmp_path: Path) -> None:
    write_checkpoint(tmp_path / "a")
    detr, again = Detr(str(tmp_path / "a")), Detr(str(tmp_path / "a"))
    assert detr.identity("x") == again.identity("y") and detr.name == again.name
    _sure(again, 1)
    weights = load_file(tmp_path / "a" / "model.safetensors")
    name = next(name for name in weights if name.endswith("class_labels_classifier.bias"))
    weights[name][0] += 1
    save_file(weights, tmp_path / "a" / "model.safetensors", {"format": "pt"})
    assert Detr(str(tmp_path / "a")).identity("x") != detr.identity("x")


def _queries(*seen: tuple[int, float, tuple[int, int, int, int]]) -> tuple[Any, Any]:
    """Logits of queries that see a label with a score in a box of a picture of 8 x 8."""
    logits, masks = torch.full((len(seen), 5), -20.0), torch.full((len(seen), 8, 8), -9.0)
    for query, (label, score, (top, left, bottom, right)) in enumerate(seen):
        logits[query, label], logits[query, 4] = np.log(score), np.log(1 - score)
        masks[query, top:bottom, left:right] = 9
    return logits, masks


def test_every_pixel_goes_to_the_query_that_claims_it_most() -> None:
    logits, masks = _queries(
        (1, 0.95, (1, 0, 8, 4)), (1, 0.9, (1, 4, 8, 8)), (3, 0.99, (0, 0, 2, 8)), (1, 0.3, (0, 0, 8, 8))
    )
    car, other, sky = segments(logits, masks, (8, 8))
    assert [each[0] for each in (car, other, sky)] == [1, 1, 3]
    assert [each[1] for each in (car, other, sky)] == pytest.approx([0.95, 0.9, 0.99], abs=1e-4)
    on = [each[2] > 0.5 for each in (car, other, sky)]
    assert np.sum(on, axis=0).max() == 1
    assert on[0][2:, :4].all() and on[1][2:, 4:].all() and on[2][:2].all()


def test_what_another_query_covers_for_the_most_part_is_dropped() -> None:
    logits, masks = _queries((1, 0.95, (0, 0, 8, 6)), (1, 0.6, (0, 0, 8, 7)))
    assert [each[1] for each in segments(logits, masks, (8, 8))] == [pytest.approx(0.95, abs=1e-4)]


def test_nothing_is_nothing() -> None:
    logits, masks = _queries((1, 0.2, (0, 0, 8, 8)))
    assert segments(logits, masks, (8, 8)) == []
    assert segments(*_queries((1, 0.9, (0, 0, 0, 0))), (16, 16)) == []


def test_masks_come_in_the_size_of_the_picture() -> None:
    logits, masks = _queries((2, 0.9, (0, 0, 8, 4)))
    ((label, _, mask),) = segments(logits, masks, (80, 40))
    assert label == 2 and mask.shape == (80, 40)
    assert (mask[:, :18] > 0.9).all() and (mask[:, 22:] < 0.1).all()
