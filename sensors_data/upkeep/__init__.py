"""Looking after a store: verify, clean, join small files, back up, migrate."""
