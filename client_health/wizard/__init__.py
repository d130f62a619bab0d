from . import evidence, override
from . import snooze, what_if, what_if_lines
from . import offboarding_ask, offboarding_start
from . import recovery_decide, recovery_start
from . import recovery_checkin
from . import setup
from . import handover
from . import partner_merge
from . import sheet, sheet_lines
