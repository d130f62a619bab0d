from . import message
from . import bookmark
