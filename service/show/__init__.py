"""The pictures of the `show` commands."""
