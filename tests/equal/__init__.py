"""The product's figures beside the oracle's."""
