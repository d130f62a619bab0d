from . import (
    access,
    access_partner,
    level_order,
    encoded,
    internal_thread,
    record,
    related_access,
)
