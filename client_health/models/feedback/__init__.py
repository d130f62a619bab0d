from . import (
    incident,
    incident_judge,
    pulse,
    pulse_ask,
    agreement,
    agreement_life,
    request,
    talk,
    affiliation,
)
