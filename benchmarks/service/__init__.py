"""How quickly the service answers, and its overview opens."""
