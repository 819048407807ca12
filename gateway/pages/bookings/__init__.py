"""予約: lists of bookings, what waits for 許可, one booking, what is drawn by lot and waited for."""
