"""Which jobs of which days run, here or by several processes."""
