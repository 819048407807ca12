"""The HTTP API of the citizens' door, for the city's own app: ``/api/v1``, described by ``contract/published``."""
