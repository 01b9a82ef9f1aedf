"""The image detector: it learns normal images of a camera and scores new ones."""
