"""Payroll's files out: one file a layout, the same month the same bytes."""
