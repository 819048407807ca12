"""What FreeRADIUS and the switches are told, and what they tell: decisions, accounting, disconnecting."""
