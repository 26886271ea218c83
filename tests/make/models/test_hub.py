"""ViTs saved in the hub's format become ONNX files that the use half reads; what is missing is named."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
safetensors_torch = pytest.importorskip("safetensors.torch")

from latentmapper.cli import run  # noqa: E402
from latentmapper.features.dense import Dense  # noqa: E402
from latentmapper.features.vit import MEAN, STD, ViT  # noqa: E402
from latentmapper.make.models.hub import export_vit  # noqa: E402

SIZES = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}


def _save(kind: str, folder: Path) -> Any:
    """A tiny random checkpoint in the hub's own format, and the model."""
    torch.manual_seed(0)
    if kind == "dino":
        config = transformers.ViTConfig(**SIZES, image_size=64, patch_size=8)
        model = transformers.ViTModel(config, add_pooling_layer=False)
    else:
        config = transformers.Dinov2Config(**SIZES, image_size=70, patch_size=14, mlp_ratio=2)
        model = transformers.Dinov2Model(config)
        torch.nn.init.normal_(model.embeddings.position_embeddings)
    model.eval().save_pretrained(folder)
    return model


@pytest.fixture(scope="module", params=["dino", "dinov2"])
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp(request.param)
    model = _save(request.param, folder / "hub")
    export_vit(str(folder / "hub"), folder / "vit.onnx")
    return model, folder / "vit.onnx"


def _images(height: int = 224, width: int = 224) -> np.ndarray:
    return np.random.default_rng(0).random((2, height, width, 3), np.float32)


def _truth(model: Any, images: np.ndarray) -> Any:
    pictures = torch.from_numpy(((images - MEAN) / STD).transpose(0, 3, 1, 2)).float()
    options = {"interpolate_pos_encoding": True} if model.config.model_type == "vit" else {}
    with torch.no_grad():
        return model(pictures, output_hidden_states=True, **options)


def test_tokens_are_those_of_transformers(exported: tuple[Any, Path]) -> None:
    model, path = exported
    tokens, truth = ViT(path, threads=1).describe(_images()), _truth(model, _images())
    side = 224 // model.config.patch_size
    assert tokens.patches.shape == (2, side, side, 32)
    last = truth.last_hidden_state.numpy()
    np.testing.assert_allclose(tokens.cls, last[:, 0], atol=1e-4)
    np.testing.assert_allclose(tokens.patches.reshape(2, side * side, 32), last[:, 1:], atol=1e-4)


def test_blocks_are_those_of_transformers(exported: tuple[Any, Path]) -> None:
    model, path = exported
    vit, truth = ViT(path, threads=1), _truth(model, _images(112, 168))
    assert vit.blocks == 3
    patch = model.config.patch_size
    assert vit.patch == patch
    dense = Dense("tokens", (0, 1), (112, 168), patch, patch)
    found = vit.dense(_images(112, 168), dense).reshape(2, dense.patches, 64)
    for block in (0, 1):
        wanted = truth.hidden_states[block + 1].numpy()[:, 1:]
        np.testing.assert_allclose(found[..., 32 * block : 32 * block + 32], wanted, atol=1e-4)


def test_keys_are_those_of_its_attention(exported: tuple[Any, Path]) -> None:
    model, path = exported
    patch, heard = model.config.patch_size, []
    keys = [module for name, module in model.named_modules() if name.endswith(("k_proj", "attention.key"))]
    hook = keys[2].register_forward_hook(lambda _, __, made: heard.append(made.numpy()))
    _truth(model, _images())
    hook.remove()
    dense = Dense("keys", (2,), (224, 224), patch, patch)
    found = ViT(path, threads=1).dense(_images(), dense).reshape(2, dense.patches, 32)
    np.testing.assert_allclose(found, heard[0][:, 1:], atol=1e-4)


def test_half_the_stride_gives_the_papers_patches(exported: tuple[Any, Path]) -> None:
    model, path = exported
    patch = model.config.patch_size
    dense = Dense("keys", (0,), (224, 312), patch, patch // 2)
    found = ViT(path, threads=1).dense(_images(224, 312)[:1], dense)
    assert found.shape == (1, dense.rows, dense.columns, 32)
    if patch == 8:
        assert dense.patches == 4235


def test_a_command_exports_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _save("dino", tmp_path / "hub")
    assert run(["data", "vit", str(tmp_path / "hub"), "-o", str(tmp_path / "vit.onnx")]) == 0
    assert "vit.onnx: " in capsys.readouterr().out
    assert ViT(tmp_path / "vit.onnx", threads=1).patch == 8


def test_what_is_not_there_is_named_with_its_place(tmp_path: Path) -> None:
    program = "import sys; from latentmapper.cli import run; sys.exit(run(sys.argv[1:]))"
    arguments = ["data", "vit", "facebook/dino-vits8", "-o", str(tmp_path / "vit.onnx")]
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hub")}
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=offline, capture_output=True, text=True
    )
    assert ended.returncode == 3
    assert ended.stderr.strip() == (
        "latentmapper data vit: facebook/dino-vits8 cannot be fetched; put config.json and model.safetensors "
        "(or pytorch_model.bin) of https://huggingface.co/facebook/dino-vits8/tree/main into a folder "
        "and name that"
    )
    assert not (tmp_path / "vit.onnx").exists()


def test_a_folder_without_weights_says_what_it_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _save("dino", tmp_path / "hub")
    (tmp_path / "hub" / "model.safetensors").unlink()
    assert run(["data", "vit", str(tmp_path / "hub"), "-o", str(tmp_path / "vit.onnx")]) == 3
    error = capsys.readouterr().err.strip()
    assert "hub needs config.json and model.safetensors" in error and "\n" not in error


def test_another_kind_of_model_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    transformers.BertConfig(hidden_size=8, num_attention_heads=1).save_pretrained(tmp_path / "hub")
    assert run(["data", "vit", str(tmp_path / "hub"), "-o", str(tmp_path / "vit.onnx")]) == 3
    assert "is no DINO or DINOv2, but a model of type bert" in capsys.readouterr().err


def test_weights_of_another_model_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _save("dino", tmp_path / "hub")
    command = ["data", "vit", str(tmp_path / "hub"), "-o", str(tmp_path / "vit.onnx")]
    for weights, told in (
        (
            {"another": torch.zeros(3)},
            "is not a DINO or DINOv2 as published: embeddings.cls_token is missing",
        ),
        ({"embeddings.cls_token": torch.zeros(1, 1, 5)}, "cannot be read as a DINO or DINOv2 (RuntimeError)"),
    ):
        safetensors_torch.save_file(weights, tmp_path / "hub" / "model.safetensors", {"format": "pt"})
        assert run(command) == 3
        error = capsys.readouterr().err.strip()
        assert told in error and "\n" not in error
        assert not (tmp_path / "vit.onnx").exists()
    (tmp_path / "hub" / "model.safetensors").write_bytes(b"damaged")
    assert run(command) == 3
    assert "cannot be read as a DINO or DINOv2 (SafetensorError)" in capsys.readouterr().err
