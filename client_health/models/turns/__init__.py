from . import message
from . import bookmark
from . import turn
from . import turn_actions
