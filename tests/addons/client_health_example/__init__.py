from . import visits
