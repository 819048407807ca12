"""What is told through the outbox about network tiers: the kinds of notices, each named once."""

TIER_CHANGED = "tier.changed"
"""What decides about a person has changed; the subject is the person's id, or empty: about everybody."""

SESSION_MOVED = "tier.session"
"""A session was booked or stands elsewhere; the subject is its id."""
