"""Does a picture show the category at all? A linear classifier on the descriptor's global part."""

import numpy as np
from numpy.typing import NDArray

# The class token and the mean token; the grid cells would only tie the answer to where things are.
GLOBAL_TOKENS = 2


def fit_presence(
    positives: NDArray[np.float32], negatives: NDArray[np.float32], channels: int, strength: float = 0.01
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (D,) and bias (1,) of the log-odds that a picture shows the category.

    Parameters
    ----------
    positives, negatives : (p, D) and (n, D) descriptors; both classes count alike.
    channels : C, the length of a token.
    strength : inverse regularisation of the logistic regression.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    used = GLOBAL_TOKENS * channels
    data = np.concatenate([positives[:, :used], negatives[:, :used]]).astype(np.float32)
    labels = np.r_[np.ones(len(positives)), np.zeros(len(negatives))]
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
    ).fit(data, labels)
    scaler, logistic = model[0], model[1]
    weight = np.zeros(positives.shape[1], np.float32)
    weight[:used] = logistic.coef_[0] / scaler.scale_
    bias = logistic.intercept_[0] - float((logistic.coef_[0] * scaler.mean_ / scaler.scale_).sum())
    return weight, np.array([bias], np.float32)
