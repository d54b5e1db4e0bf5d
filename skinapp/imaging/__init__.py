"""Arrays in, arrays out: reading, quality, cleaning, geometry, overlay, shape, drawn examples."""
