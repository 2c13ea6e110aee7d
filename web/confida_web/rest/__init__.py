"""The REST API below /api/v1: each resource is declared through the hook `api_resources`, ours like a plugin's."""
