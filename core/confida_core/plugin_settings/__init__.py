"""What an operator chooses of each plugin: from the environment, config.toml, or a page, and where each value comes from."""
