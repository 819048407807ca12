"""HR's screens: divergences, closing, payroll, files, leave, and the rules that hold."""
