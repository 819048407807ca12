"""Pages of network tiers."""
