"""MQTT: what devices say and what they are answered, through paho in one thread."""
