"""The first floor's detection room: learn what is normal, score what is not."""
