"""Use cases, one ``verb_noun`` module each: load, decide, save. They take an open ``Tx`` and never commit."""
