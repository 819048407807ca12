"""Requests as the centre takes them: the facts they are held against, who waits for whom, and who is told."""
