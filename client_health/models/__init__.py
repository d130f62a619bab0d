# models load in this order: each folder rests on those before it
from . import mixins
from . import health
from . import feedback
from . import turns
from . import people
from . import process
from . import offboarding
from . import recovery
from . import extensions
