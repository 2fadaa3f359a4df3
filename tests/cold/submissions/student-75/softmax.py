import torch

def softmax(logits, dim=-1):
    # step 1: subtract the max so that exp does not overflow
    max_value = torch.max(logits, dim=dim, keepdim=True)[0]
    shifted = logits - max_value
    # step 2: exp
    exps = torch.exp(shifted)
    # step 3: divide by the sum
    result = exps / torch.sum(exps, dim=dim, keepdim=True)
    #print(result)
