"""What the store holds, prepared for people: no HTML layout, no HTTP."""
