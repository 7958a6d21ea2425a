"""Template tags of the sites."""
