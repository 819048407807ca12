"""Operations on network tiers."""
