"""A file's text, rows and cells, whatever it is packed in."""
