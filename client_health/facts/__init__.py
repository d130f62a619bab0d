from . import base
from . import (
    history,
    invoices,
    meetings,
    messages,
    opportunities,
    projects,
    ratings,
    said,
    sales,
    timesheets,
)
from . import custom, custom_check
from . import calls, staff
