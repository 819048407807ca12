"""What the connector does, one file a job: plain functions that take an open transaction and a date."""
