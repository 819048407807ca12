"""利用の報告: how much rooms were used, what was taken, how bookings ended; by month, as pictures, tables and files."""
