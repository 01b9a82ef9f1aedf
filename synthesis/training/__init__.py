"""The adversarial training of a generator."""
