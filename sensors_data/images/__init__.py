"""Images of cameras: where they come from, what can be used, and their arrays."""
