from . import (
    access,
    of_partner,
    level_order,
    encoded,
    record,
    related_access,
)
