"""The lesson's code as text: snippets, cells, a script, a notebook. Nothing is run here."""
