"""Which rows and sensors carry a surprise, and what is odd about them."""
