import torch


def softmax(logits, dim=-1):
    # Ergebnis-Tensor, gleiche Größe wie die Eingabe
    ergebnis = torch.zeros_like(logits)

    # bei dim=0 einfach transponieren, dann sind die Spalten die Zeilen
    if dim == 0:
        return softmax(logits.T, dim=1).T

    # für jede Zeile einzeln
    for i in range(len(logits)):
        zeile = logits[i]
        m = torch.max(zeile)
        zaehler = torch.exp(zeile - m)
        nenner = torch.sum(zaehler)
        ergebnis[i] = zaehler / nenner

    return ergebnis
