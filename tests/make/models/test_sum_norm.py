"""The norm of sums against the sums written out."""

import copy

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from latentmapper.make.models.sum_norm import normed_sums  # noqa: E402


@pytest.mark.parametrize("training", [True, False])
def test_it_is_batch_norm_of_all_sums(training: bool) -> None:
    torch.manual_seed(0)
    plain = nn.BatchNorm1d(6).train(training)
    nn.init.normal_(plain.weight)
    nn.init.normal_(plain.bias)
    plain.running_mean, plain.running_var = torch.randn(6), torch.rand(6) + 0.5
    other = copy.deepcopy(plain)
    rows, codes = ((3 * torch.randn(count, 6) + 2).requires_grad_() for count in (7, 4))
    weights = torch.randn(28, 6)
    made = normed_sums(other, rows, codes)
    wanted = plain((codes[:, None] + rows).flatten(0, 1))
    torch.testing.assert_close(made, wanted, rtol=1e-4, atol=1e-5)
    found, expected = (
        torch.autograd.grad((each * weights).sum(), [rows, codes, *norm.parameters()])
        for each, norm in ((made, other), (wanted, plain))
    )
    for one, another in zip(found, expected, strict=True):
        torch.testing.assert_close(one, another, rtol=1e-3, atol=1e-4)
    for name, kept in plain.state_dict().items():
        torch.testing.assert_close(other.state_dict()[name], kept)
