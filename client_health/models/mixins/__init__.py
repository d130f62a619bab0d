from . import (
    access,
    access_partner,
    level_order,
    encoded,
    record,
    related_access,
)
