"""Content as data: presets, glossary, class plan, challenges, what the lesson's cells print."""
