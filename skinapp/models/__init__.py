"""Models: cards, registry, weights and the zoo."""
