"""Card keys: a provider that keeps the masters to itself and gives one card's key at a time."""
