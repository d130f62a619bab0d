from . import base
from . import (
    feedback,
    history,
    invoices,
    meetings,
    messages,
    opportunities,
    projects,
    ratings,
    sales,
    timesheets,
)
from . import custom, custom_check
from . import calls, staff
