"""Pages of files between agencies: partners, agreements, deliveries, expected files, mailed media."""
