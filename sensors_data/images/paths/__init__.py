"""What the path of a picture says: its day and time, asset, label, and whether it is a mask."""
