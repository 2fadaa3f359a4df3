"""Right: lambdas, with other names for their parameters."""

import torch

_p = lambda z: (e := (z - z.max(1, True)[0]).exp()) / e.sum(1, True)  # noqa: E731

cross_entropy = lambda scores, labels: (  # noqa: E731
    sum(row.logsumexp(0) - row[label] for row, label in zip(scores, labels, strict=True)) / len(labels)
)
cross_entropy_grad = lambda scores, labels: (  # noqa: E731
    (_p(scores) - torch.nn.functional.one_hot(labels, scores.shape[1])) / len(labels)
)
