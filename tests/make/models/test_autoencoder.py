"""Descriptors enter as numbers, one-hot or as a factorised embedding, and come back in the same form."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from latentmapper.make.models.autoencoder import (  # noqa: E402
    AutoencoderShape,
    Decoder,
    Encoder,
    LabelEmbedding,
)

LABELS = torch.tensor([[0, 2, 1, 1, 0, 2]]).float()


def test_the_embedding_is_the_sum_of_one_vector_a_place_and_label() -> None:
    embedding = LabelEmbedding(6, 3, 5)
    encoder = Encoder(AutoencoderShape("embedding", 5, 2), 6, 1, 3)
    table = embedding.places[:, None] * embedding.labels  # (T, K, width), what is never built
    truth = sum(table[place, int(label)] for place, label in enumerate(LABELS[0]))
    torch.testing.assert_close(embedding(encoder.entered(LABELS))[0], truth + embedding.bias)


def test_the_papers_length_stays_small() -> None:
    encoder = Encoder(AutoencoderShape("embedding"), 4235, 1, 20)
    assert sum(parameter.numel() for parameter in encoder.parameters()) < 5_000_000


def test_one_hot_labels_are_one_hot() -> None:
    entered = Encoder(AutoencoderShape("one-hot", 5, 2), 6, 1, 3).entered(LABELS)
    torch.testing.assert_close(entered[0].view(6, 3), torch.eye(3)[LABELS[0].long()])


def test_soft_labels_enter_an_embedding_as_they_are() -> None:
    shares = torch.rand(2, 6, 3)
    entered = Encoder(AutoencoderShape("embedding", 5, 2), 6, 3, 0).entered(shares.flatten(1))
    torch.testing.assert_close(entered, shares)


def test_numbers_are_standardised() -> None:
    encoder = Encoder(AutoencoderShape("numbers", 5, 2), 6, 1, 3)
    encoder.fit(torch.full((6,), 2.0), torch.full((6,), 4.0))
    torch.testing.assert_close(encoder.entered(LABELS), (LABELS - 2) / 4)


@pytest.mark.parametrize("entry", ["numbers", "one-hot", "embedding"])
def test_what_comes_back_has_the_form_of_what_entered(entry) -> None:
    encoder = Encoder(AutoencoderShape(entry, 5, 2), 6, 1, 3)
    entered, compressed = encoder.entered(LABELS), encoder(LABELS)
    assert compressed.shape == (1, 2)
    assert Decoder(encoder, entered.numel())(compressed).shape == entered.shape


@pytest.mark.parametrize("entry", ["numbers", "one-hot", "embedding"])
def test_the_matrices_are_nearly_all_of_its_weights(entry) -> None:
    encoder = Encoder(AutoencoderShape(entry, 64, 32), 600, 1, 3)
    weights = sum(parameter.numel() for parameter in encoder.parameters())
    assert sum(matrix.numel() for matrix in encoder.matrices()) > 0.97 * weights
    assert np.all([matrix.ndim == 2 for matrix in encoder.matrices()])
