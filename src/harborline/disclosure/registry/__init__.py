"""The federal case registry: what it must hear about protections, by which business day."""
