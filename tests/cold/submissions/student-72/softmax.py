softmax = lambda x, dim=-1: (e := (x - x.amax(dim, True)).exp()) / e.sum(dim, True)
