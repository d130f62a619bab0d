"""The steps of an offboarding, and their order."""

STEPS = [
    ("contract", "Contract"),
    ("conversation", "Conversation"),
    ("tell", "Tell"),
    ("projects", "Projects"),
    ("transition", "Transition"),
]
# Step → what is finished before it, whatever order people choose. The client hears it
# before the projects are closed, unless somebody puts these first.
AFTER = {
    "conversation": ("contract",),
    "tell": ("contract", "conversation"),
    "projects": ("contract",),
    "transition": ("contract", "conversation", "tell", "projects"),
}
