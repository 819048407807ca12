"""Who may be a device here: tokens of enrolment, certificates, revocations."""
