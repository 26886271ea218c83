"""Blocks are those of DINOv2; the body of them hides patches in training only."""

import pytest

torch = pytest.importorskip("torch")

from latentmapper.make.models.blocks import Block, LastBlocks, behind_occluder, blocks_of  # noqa: E402
from tests.make.training.test_mapper import block_weights  # noqa: E402

WIDTH = 128


@pytest.fixture(scope="module")
def weights() -> dict:
    """Two blocks that change what goes through them."""
    return block_weights(WIDTH)


@pytest.fixture(scope="module")
def vit(weights):
    """The blocks of `transformers` with those weights."""
    from transformers import Dinov2Config, Dinov2Model

    config = Dinov2Config(
        hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14
    )
    rest = {
        "embeddings.cls_token": torch.zeros(1, 1, WIDTH),
        "embeddings.mask_token": torch.zeros(1, WIDTH),
        "embeddings.position_embeddings": torch.zeros(1, 5, WIDTH),
        "embeddings.patch_embeddings.projection.weight": torch.zeros(WIDTH, 3, 14, 14),
        "embeddings.patch_embeddings.projection.bias": torch.zeros(WIDTH),
    }
    return Dinov2Model.from_pretrained(None, config=config, state_dict=dict(weights) | rest).eval()


def taken(weights, **options) -> LastBlocks:
    settings = {"queries": 0, "shown": 0.5, "dropped": 0.0} | options
    body = LastBlocks(WIDTH, 2, **settings)
    body.take(weights, 0)
    return body


def test_blocks_equal_those_they_are_taken_from(vit, weights) -> None:
    hidden = torch.randn(3, 5, WIDTH)
    truth = hidden
    for block in vit.encoder.layer:
        truth = block(truth)
        truth = truth[0] if isinstance(truth, tuple) else truth
    truth = vit.layernorm(truth)
    found = taken(weights).eval()(hidden)
    torch.testing.assert_close(found[:, :WIDTH], truth[:, 0], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found[:, WIDTH:], truth[:, 1:].mean(1), atol=1e-4, rtol=1e-4)


def test_queries_are_part_of_the_answer(weights) -> None:
    body = taken(weights, queries=3).eval()
    hidden = torch.randn(2, 5, WIDTH)
    before = body(hidden)
    assert before.shape == (2, 5 * WIDTH)
    with torch.no_grad():
        body.queries.mul_(-1)
    assert not torch.allclose(body(hidden), before, atol=1e-3)


def test_patches_are_hidden_in_training_only(weights) -> None:
    body = taken(weights, shown=0.5).train()
    hidden = torch.randn(2, 9, WIDTH)
    assert not torch.allclose(body(hidden), body(hidden))
    body.eval()
    torch.testing.assert_close(body(hidden), body(hidden))


def test_what_an_occluder_hides_is_compact_and_at_most_half() -> None:
    torch.manual_seed(0)
    hidden = behind_occluder(400, 256).view(400, 16, 16)
    shares = hidden.float().mean((1, 2))
    assert shares.max() <= 0.5 and (shares == 0).float().mean() == pytest.approx(0.5, abs=0.08)
    # Of a compact region, most patches have their right neighbour in it too; of scattered ones, the share.
    together = (hidden[:, :, 1:] & hidden[:, :, :-1]).float().sum() / hidden[:, :, :-1].float().sum()
    assert together > 0.8


def test_hidden_patches_are_not_seen_in_training(weights, monkeypatch) -> None:
    body = taken(weights, shown=0.5).train()
    monkeypatch.setattr(
        "latentmapper.make.models.blocks.behind_occluder",
        lambda pictures, patches: (torch.arange(patches) < patches // 2).expand(pictures, -1),
    )
    hidden, other = torch.randn(2, 9, WIDTH), torch.randn(2, 4, WIDTH)
    changed = torch.cat([hidden[:, :1], other, hidden[:, 5:]], 1)
    torch.manual_seed(1)
    first = body(hidden)
    torch.manual_seed(1)
    torch.testing.assert_close(body(changed), first)


def test_the_order_of_patches_is_theirs_not_the_bodys(weights) -> None:
    hidden = torch.randn(2, 9, WIDTH)
    shuffled = torch.cat([hidden[:, :1], hidden[:, 1:].flip(1)], 1)
    body = taken(weights, queries=2).eval()
    torch.testing.assert_close(body(hidden), body(shuffled), atol=1e-4, rtol=1e-4)


def test_skipped_branches_keep_their_mean(weights) -> None:
    body = taken(weights, dropped=0.5).train()
    block = body.blocks[0]
    assert isinstance(block, Block)
    change = block._skip(torch.ones(4000, 1, 1))
    assert set(change.unique().tolist()) == {0.0, 2.0}
    assert abs(float(change.mean()) - 1) < 0.1


def test_blocks_are_counted(weights) -> None:
    assert blocks_of(weights) == 2
