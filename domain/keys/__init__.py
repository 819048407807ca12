"""Physical keys: what opens what, who may take it, who has it, and how it comes back."""
