import torch


def log_sum_exp(values, axis):
    # log-sum-exp trick: pull out the biggest number so that exp is safe
    biggest = torch.max(values)
    return biggest + torch.log(torch.sum(torch.exp(values - biggest), axis, keepdim=True))


def softmax(logits, dim=-1):
    log_p = logits - log_sum_exp(logits, dim)
    return torch.exp(log_p)
