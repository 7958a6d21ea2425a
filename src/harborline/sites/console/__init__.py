"""The console: pages for staff. Every page shows what the rooms' selectors say and hands what staff do to services."""
