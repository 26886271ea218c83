"""CLIP RN101: sizes, parts against references of the same thing, and which files are opened."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModelWithProjection

from latentmapper.errors import MissingError, PackError
from latentmapper.make.clip import load_clip
from latentmapper.make.models import clip_rn101_files
from latentmapper.make.models.clip_rn101 import ResNetClip
from latentmapper.make.models.clip_rn101_files import Rn101Clip, read_weights
from tests.make.models.clip_weights import WORDS, rn101_weights, write_merges


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A state dict as `torch.save` writes it, in half precision as OpenAI keeps it, and the vocabulary."""
    write_merges(tmp_path)
    halves = {k: v.half() if v.is_floating_point() else v for k, v in rn101_weights().items()}
    torch.save(halves, tmp_path / "RN101.pt")
    return tmp_path


def test_pictures_and_texts_become_unit_vectors(folder: Path) -> None:
    clip = Rn101Clip(folder, batch=2)
    pictures = np.random.default_rng(0).random((3, 224, 224, 3), np.float32)
    seen, read = clip.images(pictures), clip.texts(["a car", "the plane"])
    assert seen.shape == (3, 512) and read.shape == (2, 512)
    for vectors in (seen, read):
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(clip.images(pictures[2:]), seen[2:], atol=1e-5)
    assert np.abs(read[0] - read[1]).max() > 0.01
    assert clip.images(pictures[:0]).shape == (0, 512)


def test_the_text_encoder_agrees_with_that_of_transformers() -> None:
    weights = rn101_weights()
    config = CLIPTextConfig(
        vocab_size=WORDS,
        hidden_size=64,
        intermediate_size=256,
        projection_dim=512,
        num_hidden_layers=2,
        num_attention_heads=1,
        hidden_act="quick_gelu",
        eos_token_id=WORDS - 1,
    )
    reference = CLIPTextModelWithProjection(config).eval()
    reference.load_state_dict(_renamed(weights), strict=False)
    ours = ResNetClip(weights).eval()
    ours.load_state_dict(weights)
    ids = torch.zeros((2, 77), dtype=torch.long)
    ids[0, :4] = torch.tensor([WORDS - 2, 5, 300, WORDS - 1])
    ids[1, :6] = torch.tensor([WORDS - 2, 9, 40, 41, 77, WORDS - 1])
    with torch.no_grad():
        torch.testing.assert_close(
            ours.encode_text(ids), reference(input_ids=ids).text_embeds, atol=1e-4, rtol=1e-4
        )


def test_attention_pooling_agrees_with_torchs_attention() -> None:
    weights = rn101_weights()
    pool = ResNetClip(weights).visual.attnpool
    names = "visual.attnpool."
    pool.load_state_dict({k.removeprefix(names): v for k, v in weights.items() if k.startswith(names)})
    x = torch.randn(2, 64, 7, 7)
    tokens = x.flatten(2).permute(2, 0, 1)
    tokens = torch.cat([tokens.mean(0, keepdim=True), tokens]) + pool.positional_embedding[:, None]
    expected, _ = functional.multi_head_attention_forward(
        tokens[:1],
        tokens,
        tokens,
        64,
        1,
        None,
        torch.cat([pool.q_proj.bias, pool.k_proj.bias, pool.v_proj.bias]),
        None,
        None,
        False,
        0.0,
        pool.c_proj.weight,
        pool.c_proj.bias,
        training=False,
        need_weights=False,
        use_separate_proj_weight=True,
        q_proj_weight=pool.q_proj.weight,
        k_proj_weight=pool.k_proj.weight,
        v_proj_weight=pool.v_proj.weight,
    )
    torch.testing.assert_close(pool(x), expected[0], atol=1e-4, rtol=1e-4)


def test_the_published_sizes_are_those_of_a_resnet_101() -> None:
    weights = rn101_weights(blocks=(3, 4, 23, 3), text_layers=12)
    model = ResNetClip(weights)
    model.load_state_dict(weights)
    convolutions = [m for m in model.visual.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]
    assert len(convolutions) == 3 + 33


def test_safetensors_and_state_dicts_hold_the_same(folder: Path) -> None:
    weights = read_weights(folder / "RN101.pt")
    assert all(value.dtype == torch.float32 for value in weights.values())
    save_file({k: v.contiguous() for k, v in weights.items()}, folder / "RN101.safetensors")
    again = read_weights(folder / "RN101.safetensors")
    assert weights.keys() == again.keys()
    assert all(torch.equal(weights[name], again[name]) for name in weights)


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_no_program_is_opened_but_the_published_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = ResNetClip(rn101_weights()).eval()
    ids = torch.tensor([[WORDS - 2, 5, WORDS - 1]])
    traced = torch.jit.trace(model, (torch.zeros(1, 3, 224, 224), ids), check_trace=False)
    torch.jit.save(traced, folder / "RN101.pt")
    with pytest.raises(PackError, match="is a TorchScript program, and not the one at https://openaipublic"):
        Rn101Clip(folder)
    digest = clip_rn101_files.sha256_of_file(folder / "RN101.pt")
    monkeypatch.setattr(clip_rn101_files, "PUBLISHED_SHA256", digest)
    assert read_weights(folder / "RN101.pt").keys() == model.state_dict().keys()
    assert Rn101Clip(folder).texts(["a car"]).shape == (1, 512)


class Trap:
    """What runs a program when it is unpickled."""

    def __reduce__(self):
        return print, ("unpickled",)


def test_what_is_no_state_dict_is_refused_unread(folder: Path, capsys) -> None:
    torch.save({"text_projection": Trap()}, folder / "RN101.pt")
    with pytest.raises(PackError, match="holds no state dict that can be read safely"):
        Rn101Clip(folder)
    assert capsys.readouterr().out == ""
    torch.save({"weight": torch.zeros(3)}, folder / "RN101.pt")
    with pytest.raises(PackError, match="is not CLIP RN101"):
        Rn101Clip(folder)
    torch.save(rn101_weights() | {"visual.layer1.0.conv1.weight": torch.tensor(1.0)}, folder / "RN101.pt")
    with pytest.raises(PackError, match="is not CLIP RN101"):
        Rn101Clip(folder)


def test_what_is_missing_is_named_with_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATENTMAPPER_CACHE", str(tmp_path))
    with pytest.raises(MissingError) as caught:
        load_clip("rn101")
    assert f"{tmp_path / 'clip' / 'RN101.pt'}; download https://openaipublic.azureedge.net" in str(
        caught.value
    )
    save_file(rn101_weights(), tmp_path / "RN101.safetensors")
    with pytest.raises(
        MissingError, match=r"no CLIP vocabulary in .*; download https://github.com/openai/CLIP"
    ):
        load_clip(f"rn101:{tmp_path}")


def _renamed(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """OpenAI's text weights by the names of transformers."""
    named = {
        "text_projection.weight": weights["text_projection"].T,
        "text_model.embeddings.token_embedding.weight": weights["token_embedding.weight"],
        "text_model.embeddings.position_embedding.weight": weights["positional_embedding"],
        "text_model.final_layer_norm.weight": weights["ln_final.weight"],
        "text_model.final_layer_norm.bias": weights["ln_final.bias"],
    }
    parts = {"ln_1": "layer_norm1", "ln_2": "layer_norm2", "mlp.c_fc": "mlp.fc1", "mlp.c_proj": "mlp.fc2"}
    parts |= {"attn.out_proj": "self_attn.out_proj"}
    for layer in range(2):
        ours, theirs = f"transformer.resblocks.{layer}", f"text_model.encoder.layers.{layer}"
        for kind in ("weight", "bias"):
            for old, new in parts.items():
                named[f"{theirs}.{new}.{kind}"] = weights[f"{ours}.{old}.{kind}"]
            for name, part in zip("qkv", weights[f"{ours}.attn.in_proj_{kind}"].chunk(3), strict=True):
                named[f"{theirs}.self_attn.{name}_proj.{kind}"] = part
    return named
