"""A library of things, an example of a plugin of Confida; what it declares is in `plugin.py`."""
