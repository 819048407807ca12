"""What comes from devices: checked, put into order, kept, answered with a receipt."""
