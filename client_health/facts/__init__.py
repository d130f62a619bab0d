from . import base
from . import (
    feedback,
    history,
    invoices,
    meetings,
    messages,
    movement,
    opportunities,
    projects,
    ratings,
    receivables,
    requests,
    sales,
    timesheets,
)
from . import custom, custom_check
from . import calls, staff
