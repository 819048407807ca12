"""The door board, plans, commands to doors, and the alarm queue."""
