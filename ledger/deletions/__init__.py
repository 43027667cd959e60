"""Deleting an organization for good: asked for by name, called off or done after a time, with a certificate."""
