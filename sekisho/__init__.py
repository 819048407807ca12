"""The console command: the one place that sees every shell."""
