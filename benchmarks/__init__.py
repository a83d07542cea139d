"""How long mlmkpi takes and how much memory, beside rivals that do a part of the same work."""
