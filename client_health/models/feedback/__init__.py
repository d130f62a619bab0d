from . import (
    incident,
    incident_judge,
    pulse,
    pulse_ask,
    sold,
    agreement,
    agreement_life,
    request,
    talk,
    affiliation,
    hours_word,
)
