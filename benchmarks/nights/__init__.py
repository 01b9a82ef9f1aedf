"""The product's own nights over dated series and over simulated plants: what a team would be told."""
