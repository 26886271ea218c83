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
    from sklearn.preprocessing import StandardScaler

    used = GLOBAL_TOKENS * channels
    data = np.concatenate([positives[:, :used], negatives[:, :used]]).astype(np.float32)
    labels = np.repeat([1, 0], [len(positives), len(negatives)])
    scaler = StandardScaler().fit(data)
    logistic = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
    logistic.fit(np.asarray(scaler.transform(data)), labels)
    scale, mean = np.asarray(scaler.scale_), np.asarray(scaler.mean_)
    slope = np.asarray(logistic.coef_)[0] / scale
    bias = float(np.asarray(logistic.intercept_)[0] - slope @ mean)
    weight = np.zeros(positives.shape[1], np.float32)
    weight[:used] = slope
    return weight, np.array([bias], np.float32)
