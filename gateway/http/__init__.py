"""HTTP for devices: the same envelope and the same answers as over MQTT."""
