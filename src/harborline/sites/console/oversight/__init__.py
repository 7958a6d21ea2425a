"""Pages of oversight: what the nightly watch found, public people, incidents, penalties."""
