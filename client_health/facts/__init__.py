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
    receivables,
    sales,
    timesheets,
)
from . import custom, custom_check
from . import calls, staff
