"""The USB readers that the controller drives itself, for the rules that give its user access to them."""

USB_READERS = (
    ("054c", "0193", "Sony PN531"),
    ("04cc", "0531", "Philips PN531, SCM SCL3710"),
    ("04cc", "2533", "NXP PN533"),
    ("04e6", "5591", "SCM SCL3711"),
    ("04e6", "5593", "SCM SCL3712"),
    ("054c", "02e1", "Sony RC-S330, RC-S360, RC-S370"),
    ("054c", "06c1", "Sony RC-S380/S"),
    ("054c", "06c3", "Sony RC-S380/P"),
)
"""USB vendor and product of the readers that nfcpy drives itself. ACR122U is left out: PC/SC drives it better."""
