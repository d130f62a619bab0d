from . import test_catch_up
from . import test_odd_messages
from . import test_older_messages
from . import test_waiting
from . import test_waiting_ui
