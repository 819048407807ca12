"""What is told to devices: commands, threat levels, places of people; sent until they answer."""
