"""Where in a photograph an answer comes from, one method per file."""
