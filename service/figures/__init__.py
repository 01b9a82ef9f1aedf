"""Pictures of series and images."""
