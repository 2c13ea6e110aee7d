"""What messages say: blocks, templates, personal fields, and how they look to one recipient."""
