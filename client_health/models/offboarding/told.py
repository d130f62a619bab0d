"""That a client leaves is in its phase once the client knows."""


def show_phase(offboardings):
    """Write the phase of clients under way, with sudo: *Offboarding* for those who were
    told. Until then ``shown_phase`` says so, to who may read the offboarding."""
    for offboarding in offboardings:
        if offboarding.state not in offboarding._closed:
            phase = "offboarding" if offboarding.told_on else offboarding.phase_before
            offboarding._set_phase(phase or "active")
