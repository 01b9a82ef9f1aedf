"""Images of one kind made into images of another: good parts defective, and back."""
