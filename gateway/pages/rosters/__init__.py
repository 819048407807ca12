"""勤務割: who works when in a department, the shifts it refers to and the patterns that repeat them."""
