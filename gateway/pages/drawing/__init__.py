"""How anything is drawn: templates, words and dates in one language, files for the office's programs."""
