"""CLIP through transformers, from a tiny random checkpoint in the hub's own format; and its byte pairs."""

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import huggingface_hub
import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import AutoTokenizer, CLIPConfig, CLIPModel

from latentmapper.errors import MissingError, PackError, UsageError
from latentmapper.make.clip import load_clip
from latentmapper.make.models.clip_hub import HubClip
from latentmapper.make.models.clip_words import BytePairs
from tests.make.models.clip_weights import WORDS, write_hub_tokenizer, write_merges


def write_checkpoint(folder: Path, dimension: int = 512) -> CLIPModel:
    """Two layers of width 32 in `config.json` and `model.safetensors`, and the tokenizer's files."""
    torch.manual_seed(0)
    small = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
    }
    config = CLIPConfig(
        text_config=small | {"vocab_size": WORDS, "eos_token_id": WORDS - 1, "bos_token_id": WORDS - 2},
        vision_config=small | {"image_size": 224, "patch_size": 56},
        projection_dim=dimension,
    )
    model = CLIPModel(config).eval()
    model.save_pretrained(folder)
    write_hub_tokenizer(folder)
    return model


def test_a_checkpoint_in_the_hubs_format_embeds_pictures_and_texts(tmp_path: Path) -> None:
    model = write_checkpoint(tmp_path)
    clip = load_clip(f"transformers:{tmp_path}")
    pictures = np.random.default_rng(0).random((3, 224, 224, 3), np.float32)
    seen, read = clip.images(pictures), clip.texts(["a car", "a plane of the car"])
    mean, std = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
    normal = torch.from_numpy(((pictures - mean) / std).astype(np.float32)).permute(0, 3, 1, 2)
    tokens = AutoTokenizer.from_pretrained(tmp_path)(
        ["a car", "a plane of the car"], padding=True, return_tensors="pt"
    )
    with torch.no_grad():
        expected = model(pixel_values=normal, **tokens)
    np.testing.assert_allclose(seen, expected.image_embeds.numpy(), atol=1e-5)
    np.testing.assert_allclose(read, expected.text_embeds.numpy(), atol=1e-5)
    assert clip.texts([]).shape == clip.images(pictures[:0]).shape == (0, 512)


def test_texts_that_are_too_long_are_cut_off(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    assert HubClip(str(tmp_path)).texts(["car " * 200]).shape == (1, 512)


def test_other_sizes_are_refused(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, dimension=64)
    with pytest.raises(PackError, match="gives 64 numbers of pictures of 224 pixels, not 512 of 224"):
        HubClip(str(tmp_path))


def test_another_model_does_not_become_a_clip_of_random_weights(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    transformers.BertModel(
        transformers.BertConfig(
            vocab_size=8, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8
        )
    ).save_pretrained(tmp_path)
    with pytest.raises(PackError, match=r"is not a CLIP as published: .* is missing"):
        HubClip(str(tmp_path))


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    write_checkpoint(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(PackError, match=r"cannot be read as a CLIP \(SafetensorError\)"):
        HubClip(str(tmp_path))


def test_without_network_and_cache_the_files_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    for source, page in (
        ("nobody/clip-none", "nobody/clip-none"),
        (str(tmp_path), "openai/clip-vit-base-patch32"),
    ):
        with pytest.raises(MissingError) as caught:
            HubClip(source)
        assert str(caught.value).startswith(
            f"no CLIP at {source}, nor can it be fetched; download config.json"
        )
        assert f"https://huggingface.co/{page} into a folder" in str(caught.value)


def test_unknown_backends_are_refused() -> None:
    with pytest.raises(
        UsageError, match="no CLIP backend 'clap'; choose one of: bundled, transformers, rn101"
    ):
        load_clip("clap:there")


def test_byte_pairs_of_openais_list_agree_with_the_hubs_tokenizer(tmp_path: Path) -> None:
    write_merges(tmp_path / "openai")
    (tmp_path / "hub").mkdir()
    write_hub_tokenizer(tmp_path / "hub")
    (tmp_path / "hub" / "config.json").write_text(json.dumps({"model_type": "clip"}))
    theirs = AutoTokenizer.from_pretrained(tmp_path / "hub")
    ours = BytePairs(tmp_path / "openai", 77)
    for text in ("a car", "The  PLANE of Thé car's 747!", "übergroß, 3.5", ""):
        expected = theirs(text)["input_ids"]
        found = ours([text])[0]
        assert found[: len(expected)].tolist() == expected
        assert not found[len(expected) :].any()


def test_a_text_that_is_too_long_keeps_its_end(tmp_path: Path) -> None:
    write_merges(tmp_path)
    ids = BytePairs(tmp_path, 8)(["car car car car car car car car car"])
    assert ids.shape == (1, 8)
    assert (ids[0, 0], ids[0, -1]) == (WORDS - 2, WORDS - 1)


def test_a_vocabulary_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(PackError, match=r"the vocabulary in .* cannot be read"):
        BytePairs(tmp_path, 77)
    Tokenizer(WordLevel({"[CLS]": 0, "[UNK]": 1}, unk_token="[UNK]")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(PackError, match=r"the vocabulary in .* is not CLIP's: it lacks <\|startoftext\|>"):
        BytePairs(tmp_path, 77)
