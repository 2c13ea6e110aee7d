"""The sending door: the only way out for anything that is sent to, or handed over about, a person.

Nothing leaves unless every gate agrees, when it is asked for and again at the moment it leaves.
"""
