"""What makes one doubt that a file was understood: checks of what reading it back gave, each with a remedy."""
