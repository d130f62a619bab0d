"""What the settings of a company have in common."""

# Read with each other, and not whenever a company is: every screen reads companies.
SETTING = {"groups": "base.group_user", "prefetch": "client_health"}
