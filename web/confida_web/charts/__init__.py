"""Pictures of figures, drawn on the server: no script, no inline style, and always a table beside them."""
