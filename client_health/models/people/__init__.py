from . import dismissal
