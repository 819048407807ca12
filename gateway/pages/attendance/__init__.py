"""出勤簿: a person's month, and whose months one may open."""
