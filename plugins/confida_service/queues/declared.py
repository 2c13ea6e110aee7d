"""What this part of service declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_service.queues import setting_routes

ROUTES = setting_routes.ROUTES
