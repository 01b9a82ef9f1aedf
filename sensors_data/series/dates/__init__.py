"""Times as exports write them: forms, words of months, zones, clocks that go back."""
