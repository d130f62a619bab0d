from . import (
    process,
)
