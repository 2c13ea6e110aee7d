"""The test kit: fixtures for tests of plugins, on a real installation and on both databases.

pytest finds it by itself (entry point `confida`), and it stays silent until a project sets `confida_plugins` in its
configuration of pytest. Importing this package imports neither pytest nor the application; see docs/plugins/testing.md.
"""
