"""Wired inputs: door contacts, request-to-exit buttons, tamper, fire. One file a kind."""
