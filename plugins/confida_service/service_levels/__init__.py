"""How soon somebody is answered: targets, business hours, escalation, and whether people were content."""
