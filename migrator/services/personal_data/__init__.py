"""Personal data on request: where a person occurs in the product's own database, and erasing it."""
