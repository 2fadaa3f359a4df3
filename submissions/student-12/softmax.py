# -*- coding: latin-1 -*-
# Übung 1 - Softmax, möglichst stabil
import torch


def softmax(logits, dim=-1):
    größte = logits.max(dim=dim, keepdim=True).values   # größter Eintrag je Zeile
    e = (logits - größte).exp()
    return e / e.sum(dim=dim, keepdim=True)
