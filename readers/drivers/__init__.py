"""Card readers behind one port: whatever the stack underneath, out come cards, troubles and the reader's health."""
