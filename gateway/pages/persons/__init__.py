"""Persons and what they may: cards, rights, posts, the organisation, groups, contractors, who leaves or moves."""
