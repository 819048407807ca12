"""HR's screens: divergences, closing, payroll, files, leave, rosters, and the rules that hold."""
