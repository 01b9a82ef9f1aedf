"""The first floor's synthesis room: learn images, draw images."""
