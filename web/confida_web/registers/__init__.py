"""The registers an authority asks for, retention and holds, and who looked at what: for those who look after privacy."""
