"""Where readings come from: files, databases, historians, addresses."""
