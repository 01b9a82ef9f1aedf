"""Networks at rest and at work: the one room of the ground floor that knows torch."""
