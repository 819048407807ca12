"""Doors and readers in Home Assistant, over MQTT discovery: it is told how they stand and can ask nothing of them."""
