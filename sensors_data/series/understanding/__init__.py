"""What `init` understands of a file: columns by what they hold, and the settings for it."""
