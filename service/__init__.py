"""The roof: the command line and what people look at."""
