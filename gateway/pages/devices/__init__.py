"""Controllers and what is on its way to them: enrolment, roll-outs of the site, changes of rights."""
