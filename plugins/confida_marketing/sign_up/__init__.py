"""Forms on other sites, double opt-in, lead scores and events to sign up for."""
