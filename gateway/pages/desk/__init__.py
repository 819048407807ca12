"""Today's desk: the day's bookings from 許可 to the key's return, and lending, taking back, handing over, receiving."""
