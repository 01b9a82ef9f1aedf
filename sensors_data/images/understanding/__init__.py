"""A folder of pictures understood as a whole, and settings for it."""
