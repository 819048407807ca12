"""Who may reach which network tier at which terminal, now: rules over what is known, and what follows from them."""
