from . import (
    access,
    of_partner,
    level_order,
    found,
    record,
    related_access,
)
