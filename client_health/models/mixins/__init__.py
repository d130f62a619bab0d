from . import (
    related_access,
    setting,
    access,
    access_partner,
    level_order,
    encoded,
    internal_thread,
    record,
)
