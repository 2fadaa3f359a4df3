from tensor_tools import stable_exp


def softmax(z, dim=-1):
    numerator, denominator = stable_exp(z, dim)
    return numerator / denominator
