"""Visitors: announced, decided on, received at the desk, gone."""
