"""Who is to be counted, who leaves and what remains, the codes of visits."""
