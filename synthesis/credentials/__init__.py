"""Content credentials (C2PA): signed words inside a PNG about who made it and how."""
