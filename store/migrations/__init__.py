"""The schema's history. Steps are only ever added; ``tests/store`` holds their sum against ``store.tables``."""
