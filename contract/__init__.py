"""The only wire truth, shared by ``readers`` and ``gateway``: topics, messages, codec, signatures.

Evolution: a message is a kind and a version. Within a version nothing changes; a new field is a new version beside the
old one, and the old one stays readable while any device speaks it. Golden bytes for each stand in ``tests/golden``.
"""
