"""Who decides, commands and works together: bodies, posts, formats and rights, by rules in data."""
