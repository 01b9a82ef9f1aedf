"""A detector learned from a span: what is left out, and whether it serves."""
