"""Does a picture show the category at all? A linear classifier on the descriptor's global part."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentmapper.errors import PackError
from latentmapper.pack import Pack

# The class token and the mean token; the grid cells would only tie the answer to where things are.
GLOBAL_TOKENS = 2

Presence = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Weights (D,) and bias (1,) of the log-odds that a picture shows the category."""


def fit_presence(
    positives: Sequence[NDArray[np.float32]],
    negatives: Sequence[NDArray[np.float32]],
    channels: int,
    strength: float = 0.03,
) -> Presence:
    """Learn to tell pictures that show the category from others.

    Parameters
    ----------
    positives, negatives : per collection of pictures (p, D) descriptors. Both classes count alike,
        and within a class all collections, so that a few photos weigh as much as many renders.
    channels : C, the length of a token.
    strength : inverse regularisation of the logistic regression.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    used = GLOBAL_TOKENS * channels
    parts = [*positives, *negatives]
    data = np.concatenate([part[:, :used] for part in parts]).astype(np.float32)
    labels = np.repeat([1] * len(positives) + [0] * len(negatives), [len(part) for part in parts])
    weights = np.concatenate([_shares(positives), _shares(negatives)])
    scaler = StandardScaler().fit(data)
    logistic = LogisticRegression(C=strength, max_iter=2000)
    logistic.fit(np.asarray(scaler.transform(data)), labels, sample_weight=weights * len(data) / 2)
    scale, mean = np.asarray(scaler.scale_), np.asarray(scaler.mean_)
    slope = np.asarray(logistic.coef_)[0] / scale
    bias = float(np.asarray(logistic.intercept_)[0] - slope @ mean)
    weight = np.zeros(parts[0].shape[1], np.float32)
    weight[:used] = slope
    return weight, np.array([bias], np.float32)


def refit_presence(
    weight: NDArray[np.float32],
    bias: float,
    positives: Sequence[NDArray[np.float32]],
    negatives: Sequence[NDArray[np.float32]],
    strength: float = 0.03,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The weights (D,) and bias (1,) of `fit_presence`, changed no more than these pictures ask for.

    Tokens of smaller pictures of the same things differ a little. What the weights at hand know of pictures
    unlike any of these, they keep.

    Parameters
    ----------
    weight, bias : those at hand, of the same descriptors of larger pictures.
    positives, negatives : as for `fit_presence`.
    strength : inverse regularisation of the change, in deviations of the descriptors' numbers.
    """
    from scipy.optimize import minimize

    data = np.concatenate([*positives, *negatives]).astype(np.float64)
    signs = np.repeat([1.0, -1.0], [sum(map(len, positives)), sum(map(len, negatives))])
    shares = np.concatenate([_shares(positives), _shares(negatives)]) / 2
    used = weight != 0
    mean, scale = data[:, used].mean(0), data[:, used].std(0) + 1e-6
    seen, odds = (data[:, used] - mean) / scale, data @ weight + bias

    def loss(change: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (odds + seen @ change[:-1] + change[-1])
        slope = -shares * signs / (1 + np.exp(np.minimum(margins, 700)))
        cost = shares @ np.logaddexp(0, -margins) + np.square(change[:-1]).sum() / (2 * strength * len(data))
        ridge = change[:-1] / (strength * len(data))
        return float(cost), np.concatenate([seen.T @ slope + ridge, [slope.sum()]])

    change = minimize(loss, np.zeros(used.sum() + 1), jac=True, method="L-BFGS-B").x
    changed = weight.astype(np.float64)
    changed[used] += change[:-1] / scale
    changed_bias = bias + change[-1] - change[:-1] / scale @ mean
    return changed.astype(np.float32), np.array([changed_bias], np.float32)


def _shares(collections: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """The weight of every picture of a class; they sum to 1."""
    return np.concatenate([np.full(len(part), 1 / len(part) / len(collections)) for part in collections])


def presence_of(folder: Path) -> Presence:
    """What a pack tells by whether a picture shows its category.

    It reads the global tokens alone, so a pack of the same ViT and grid can take it over.
    Raises `MissingError` or `PackError` as `Pack` does.
    """
    arrays = Pack.open(folder).arrays
    return arrays["presence_weight"], arrays["presence_bias"]


def presence_for(presence: Presence | None, length: int, whole: bool) -> Presence:
    """What a pack keeps of a check, for descriptors of some length.

    Parameters
    ----------
    presence : None where there is nothing to tell the category from: then every picture shows it.
    whole : whether the check reads the descriptor that the mapper reads; else an overview, of which the
        global tokens stand first whatever the grid, and cells count nothing.

    Raises
    ------
    PackError : the check reads descriptors of another length.
    """
    weight, bias = presence or (np.zeros(length, np.float32), np.ones(1, np.float32))
    if not whole:
        weight = weight[:length].copy()
        weight[length // (GLOBAL_TOKENS + 1) * GLOBAL_TOKENS :] = 0
    if len(weight) != length:
        raise PackError(
            f"the check for the category reads descriptors of length {len(weight)}, the mapper {length}"
        )
    return weight.astype(np.float32), bias.astype(np.float32)
